/**
 * `<console-refresh>`: has what stands inside it as the server has it now, every five seconds while the page is seen.
 * A checkbox stops that. Nothing is replaced while it holds the focus. Without script the page stays as it was.
 */
const EVERY_MS = 5000;

class ConsoleRefresh extends HTMLElement {
  running = document.createElement('input');
  isAsking = false;

  connectedCallback() {
    const label = document.createElement('label');
    label.className = 'refresh';
    this.running.type = 'checkbox';
    this.running.checked = true;
    label.append(this.running, 'Refresh every 5 seconds');
    this.before(label);
    this.timer = setInterval(() => this.refresh(), EVERY_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async refresh() {
    const isWanted = this.running.checked && document.visibilityState === 'visible';
    if (!isWanted || this.isAsking || this.contains(document.activeElement)) return;
    this.isAsking = true;
    try {
      const response = await fetch(location.href, { cache: 'no-store' });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const now = page.querySelector('console-refresh');
      // Signed out meanwhile: the sign-in page has none.
      if (!now) location.reload();
      else if (!this.contains(document.activeElement)) this.replaceChildren(...now.childNodes);
    } catch {
      // The server is away; what was shown last says when it was.
    } finally {
      this.isAsking = false;
    }
  }
}

customElements.define('console-refresh', ConsoleRefresh);
