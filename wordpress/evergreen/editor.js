/**
 * Shows what became of an update. In the block editor: a snackbar, which goes by itself, for what needs
 * nobody's attention, and a notice, which stays, for what failed or was left out. Elsewhere in wp-admin: it
 * completes a notice that was still waiting when the page was made, and shows one after Quick Edit.
 */
(function () {
  /**
   * @typedef {'fresh' | 'left-out' | 'waiting' | 'failed'} State
   * @typedef {{ id?: number, state: State, message: string }} Answer
   * @typedef {{
   *   isSavingPost(): boolean,
   *   isAutosavingPost(): boolean,
   *   didPostSaveRequestSucceed(): boolean,
   *   getCurrentPostId(): number,
   * }} Editor
   * @typedef {{ id: string, type?: 'snackbar', explicitDismiss?: boolean }} NoticeOptions
   * @typedef {{ createNotice(kind: string, text: string, options: NoticeOptions): void }} Notices
   * @typedef {{
   *   apiFetch(options: { path: string }): Promise<Answer>,
   *   data?: {
   *     select(store: 'core/editor'): Editor | undefined,
   *     dispatch(store: 'core/notices'): Notices,
   *     subscribe(listener: () => void): void,
   *   },
   * }} WordPress
   * @typedef {{ data?: unknown }} AjaxSettings
   * @typedef {{
   *   on(event: 'ajaxComplete', listener: (event: unknown, xhr: unknown, settings: AjaxSettings) => void): void,
   *   trigger(event: 'wp-updates-notice-added'): void,
   * }} JQuery
   */
  const page =
    /** @type {{ wp: WordPress, evergreenLast: number, jQuery?: (document: Document) => JQuery }} */ (
      /** @type {unknown} */ (window)
    );
  const { wp, jQuery } = page;
  /** Asks up to this many times, a second apart, while the site is still at work. */
  const TRIES = 20;
  let last = page.evergreenLast;

  /** @type {(query: string, show: (answer: Answer, isLast: boolean) => void, tries?: number) => Promise<void>} */
  async function follow(query, show, tries = TRIES) {
    const answer = await wp
      .apiFetch({ path: `/evergreen/v1/last?${query}` })
      .catch(() => undefined);
    // Nothing was sent: a draft, for example.
    if (!answer || !answer.id) return;
    last = Math.max(last, answer.id);
    const goesOn = answer.state === 'waiting' && tries > 1;
    show(answer, !goesOn);
    if (goesOn) setTimeout(() => follow(`id=${answer.id}`, show, tries - 1), 1000);
  }

  const CLASSES = {
    fresh: 'notice-success',
    'left-out': 'notice-warning',
    waiting: 'notice-info',
    failed: 'notice-error',
  };

  /** @type {(notice: Element, answer: Answer) => void} */
  function fill(notice, { state, message }) {
    const text = notice.querySelector('p');
    if (text) text.textContent = message;
    notice.classList.remove(...Object.values(CLASSES));
    notice.classList.add(CLASSES[state]);
  }

  const notice = document.getElementById('evergreen-notice');
  if (notice && notice.dataset.state === 'waiting') {
    follow(`id=${notice.dataset.entry}`, (answer) => fill(notice, answer));
  }

  /** A notice in a list, in place of the one before. */
  function addNotice() {
    const below = document.querySelector('.wp-header-end');
    const added = document.createElement('div');
    added.id = 'evergreen-notice';
    added.className = 'notice is-dismissible';
    added.setAttribute('role', 'status');
    added.append(document.createElement('p'));
    document.getElementById('evergreen-notice')?.remove();
    below?.after(added);
    return added;
  }

  // Quick Edit in lists of posts and of terms, and what else a list of terms does without another page.
  const EDITS = /(^|&)action=(inline-save|inline-save-tax|add-tag|delete-tag)(&|$)/;
  const ajax = jQuery && jQuery(document);
  if (ajax && document.querySelector('.wp-list-table')) {
    ajax.on('ajaxComplete', (_event, _xhr, { data }) => {
      if (typeof data !== 'string' || !EDITS.test(data)) return;
      /** @type {Element | undefined} */
      let added;
      follow(`after=${last}`, (answer) => {
        if (!added) {
          added = addNotice();
          // Gives it the button that closes it.
          ajax.trigger('wp-updates-notice-added');
        }
        fill(added, answer);
      });
    });
  }

  const { data } = wp;
  const editor = data && data.select('core/editor');
  if (!editor) return;
  const KINDS = { fresh: 'success', 'left-out': 'warning', waiting: 'info', failed: 'error' };
  let wasSaving = false;
  data.subscribe(() => {
    const isSaving = editor.isSavingPost() && !editor.isAutosavingPost();
    if (wasSaving && !isSaving && editor.didPostSaveRequestSucceed()) {
      follow(`post=${editor.getCurrentPostId()}&after=${last}`, ({ state, message }, isLast) => {
        const passes = state === 'fresh' || state === 'waiting';
        // Read out by screen readers, and shown as text, whatever it holds. A notice with the same id goes.
        data.dispatch('core/notices').createNotice(KINDS[state], message, {
          id: 'evergreen',
          ...(passes && { type: 'snackbar', explicitDismiss: !isLast }),
        });
      });
    }
    wasSaving = isSaving;
  });
})();
