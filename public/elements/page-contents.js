/**
 * `<page-contents>`: unfolds the contents inside it where they stand beside the text, and marks the section that
 * is being read. Without script the links work, and the reader unfolds the list.
 */
class PageContents extends HTMLElement {
  connectedCallback() {
    // While the page is being parsed, neither the links nor the headings are there yet.
    if (document.readyState !== 'loading') this.begin();
    else document.addEventListener('DOMContentLoaded', () => this.begin(), { once: true });
  }

  begin() {
    const details = this.querySelector('details');
    const links = [...this.querySelectorAll('a')];
    const headings = links.flatMap(
      ({ hash }) => document.getElementById(decodeURIComponent(hash.slice(1))) ?? [],
    );
    if (!details) return;

    // As the stylesheet has it.
    const beside = matchMedia('(min-width: 80rem)');
    const fold = () => (details.open = beside.matches);
    beside.addEventListener('change', fold);
    fold();

    const mark = () => {
      const line = innerHeight * READING_LINE;
      const current = headings.findLast((heading) => heading.getBoundingClientRect().top <= line);
      for (const link of links) {
        const isCurrent = current?.id === decodeURIComponent(link.hash.slice(1));
        if (isCurrent) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
    };
    const observer = new IntersectionObserver(mark, {
      rootMargin: `0px 0px ${(READING_LINE - 1) * 100}% 0px`,
    });
    for (const heading of headings) observer.observe(heading);
  }
}

/** How far down the screen people read: a heading above it begins the section that is being read. */
const READING_LINE = 0.3;

customElements.define('page-contents', PageContents);
