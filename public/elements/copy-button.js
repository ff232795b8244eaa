/**
 * `<copy-button>`: becomes a button that copies the code of the figure around it. Its words are in its
 * attributes. Without script there is nothing to see.
 */
class CopyButton extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) return;
    const { copy = 'Copy', copied = 'Copied', selected = 'Selected' } = this.dataset;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = copy;
    // What the button says is read out when it changes.
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', async () => {
      const code = this.closest('figure')?.querySelector('code');
      try {
        await navigator.clipboard.writeText(code?.textContent ?? '');
        button.textContent = copied;
      } catch {
        // Not over plain HTTP, or not allowed: the text is selected, for the reader to copy.
        getSelection()?.selectAllChildren(code ?? this);
        button.textContent = selected;
      }
      setTimeout(() => (button.textContent = copy), 2000);
    });
    this.append(button);
  }
}

customElements.define('copy-button', CopyButton);
