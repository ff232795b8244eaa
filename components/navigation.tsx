/** The links beside the name. */
import type { NavigationItem } from '../lib/site/facts';
import { useWords } from './frame-context';

export function Navigation({ items }: { items: readonly NavigationItem[] }) {
  return (
    <nav aria-label={useWords().siteNavigation}>
      {items.map((item, index) => (
        <Item key={index} item={item} />
      ))}
    </nav>
  );
}

function Item({ item: { title, href, below } }: { item: NavigationItem }) {
  if (!below) return <a href={href}>{title}</a>;
  return (
    // Of one name, so that no two are open, and without a script.
    <details name="menu">
      <summary>{title}</summary>
      <ul>
        {[...(href === undefined ? [] : [{ title, href }]), ...below].map((link, index) => (
          <li key={index}>
            <a href={link.href}>{link.title}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}
