/** The same text in other languages. */
import { nameOfLanguage } from '../lib/site/languages';
import type { PostView, StandaloneView } from '../lib/site/views';

export function PostTranslations({
  view: { url, translations = [] },
}: {
  view: Pick<PostView | StandaloneView, 'url' | 'translations'>;
}) {
  // Search engines are told of the text itself, too.
  const others = translations.filter(({ path }) => new URL(path, url).href !== url);
  if (others.length === 0) return null;
  return (
    <ul className="translations">
      {others.map(({ path, title, language }) => (
        <li key={path}>
          <a href={path} lang={language} hrefLang={language} rel="alternate">
            {`${nameOfLanguage(language)}: ${title}`}
          </a>
        </li>
      ))}
    </ul>
  );
}
