/** The links beside the name. */
import type { NavigationItem } from '../lib/site/facts';
import { useWords } from './frame-context';

export function Navigation({
  items,
  here,
}: {
  items: readonly NavigationItem[];
  /** The path of the page, which is marked among them. */
  here?: string;
}) {
  return (
    <nav aria-label={useWords().siteNavigation}>
      {items.map((item, index) => (
        <Item key={index} item={item} here={here} />
      ))}
    </nav>
  );
}

function Item({ item: { title, href, below }, here }: { item: NavigationItem; here?: string }) {
  const currentIf = (path?: string) => (path !== undefined && path === here ? 'page' : undefined);
  if (!below) {
    return (
      <a href={href} aria-current={currentIf(href)}>
        {title}
      </a>
    );
  }
  return (
    // Of one name, so that no two are open, and without a script.
    <details name="menu">
      <summary>{title}</summary>
      <ul>
        {[...(href === undefined ? [] : [{ title, href }]), ...below].map((link, index) => (
          <li key={index}>
            <a href={link.href} aria-current={currentIf(link.href)}>
              {link.title}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
