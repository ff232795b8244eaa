/** `<copy-button>`: a button that copies the code inside it. Without script the code stands alone. */
class CopyButton extends HTMLElement {
  connectedCallback() {
    if (this.querySelector('button')) return;
    const code = this.querySelector('code');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    // What the button says is read out when it changes.
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code?.textContent ?? '');
        button.textContent = 'Copied';
      } catch {
        // Not over plain HTTP, or not allowed: the text is selected, for the reader to copy.
        getSelection()?.selectAllChildren(code ?? this);
        button.textContent = 'Selected';
      }
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
    this.append(button);
  }
}

customElements.define('copy-button', CopyButton);
