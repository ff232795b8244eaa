/**
 * Shows what became of an update: in the block editor as a notice after saving; elsewhere in wp-admin
 * it completes a notice that was still waiting when the page was made.
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
   * @typedef {{ createNotice(kind: string, text: string, options: { id: string }): void }} Notices
   * @typedef {{
   *   apiFetch(options: { path: string }): Promise<Answer>,
   *   data?: {
   *     select(store: 'core/editor'): Editor | undefined,
   *     dispatch(store: 'core/notices'): Notices,
   *     subscribe(listener: () => void): void,
   *   },
   * }} WordPress
   */
  const page = /** @type {{ wp: WordPress, evergreenLast: number }} */ (
    /** @type {unknown} */ (window)
  );
  const { wp } = page;
  /** Asks up to this many times, a second apart, while the site is still at work. */
  const TRIES = 20;
  let last = page.evergreenLast;

  /** @type {(query: string, show: (answer: Answer) => void, tries?: number) => Promise<void>} */
  async function follow(query, show, tries = TRIES) {
    const answer = await wp
      .apiFetch({ path: `/evergreen/v1/last?${query}` })
      .catch(() => undefined);
    // Nothing was sent: a draft, for example.
    if (!answer || !answer.id) return;
    last = Math.max(last, answer.id);
    show(answer);
    if (answer.state === 'waiting' && tries > 1) {
      setTimeout(() => follow(`id=${answer.id}`, show, tries - 1), 1000);
    }
  }

  const notice = document.getElementById('evergreen-notice');
  const text = notice && notice.querySelector('p');
  if (notice && text && notice.dataset.state === 'waiting') {
    const classes = {
      fresh: 'notice-success',
      'left-out': 'notice-warning',
      waiting: 'notice-info',
      failed: 'notice-error',
    };
    follow(`id=${notice.dataset.entry}`, ({ state, message }) => {
      text.textContent = message;
      notice.classList.remove(...Object.values(classes));
      notice.classList.add(classes[state]);
    });
  }

  const { data } = wp;
  const editor = data && data.select('core/editor');
  if (!editor) return;
  const kinds = { fresh: 'success', 'left-out': 'warning', waiting: 'info', failed: 'error' };
  let wasSaving = false;
  data.subscribe(() => {
    const isSaving = editor.isSavingPost() && !editor.isAutosavingPost();
    if (wasSaving && !isSaving && editor.didPostSaveRequestSucceed()) {
      follow(`post=${editor.getCurrentPostId()}&after=${last}`, ({ state, message }) => {
        // Read out by screen readers, and shown as text, whatever it holds.
        data.dispatch('core/notices').createNotice(kinds[state], message, { id: 'evergreen' });
      });
    }
    wasSaving = isSaving;
  });
})();
