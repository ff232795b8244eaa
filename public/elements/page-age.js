/**
 * `<page-age>`: says how long ago the page around it was rendered, from the header Last-Modified of
 * `/api/rendered`. Without script, or without an answer, what stands inside it stays.
 */
class PageAge extends HTMLElement {
  connectedCallback() {
    // Offline, what stands inside says enough.
    this.tell().catch(() => undefined);
  }

  async tell() {
    const query = new URLSearchParams({ path: location.pathname });
    const response = await fetch(`/api/rendered?${query}`);
    // A browser counts a response as under way until it is read.
    await response.text();
    const rendered = response.headers.get('last-modified');
    const now = response.headers.get('date');
    if (!response.ok || !rendered || !now) return;
    // Both by the server's clock, of which one may lag by a second.
    const seconds = Math.max(0, (Date.parse(now) - Date.parse(rendered)) / 1000);
    const time = document.createElement('time');
    time.dateTime = new Date(rendered).toISOString();
    time.textContent = ago(seconds);
    this.replaceChildren('This page was rendered ', time, '.');
  }
}

const UNITS = /** @type {const} */ ([
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]);

/** @param {number} seconds */
function ago(seconds) {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1];
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  return format.format(-Math.floor(seconds / size), unit);
}

customElements.define('page-age', PageAge);
