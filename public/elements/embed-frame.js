/**
 * `<embed-frame data-src="…">`: loads a page of another site in place of the link to it, when the reader
 * chooses that link. Without script the link leads to that page.
 */
class EmbedFrame extends HTMLElement {
  connectedCallback() {
    const link = this.querySelector('a');
    const src = this.dataset.src;
    if (!link || !src) return;
    link.addEventListener('click', (event) => {
      // Into another tab, if the reader wants that.
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
        return;
      }
      event.preventDefault();
      const frame = document.createElement('iframe');
      frame.src = src;
      frame.title = link.textContent ?? '';
      frame.allow = 'autoplay; encrypted-media; fullscreen; picture-in-picture';
      frame.referrerPolicy = 'strict-origin-when-cross-origin';
      this.replaceChildren(frame);
      frame.focus();
    });
  }
}

customElements.define('embed-frame', EmbedFrame);
