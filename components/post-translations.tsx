/** The same text in other languages. */
import { nameOfLanguage } from '../lib/site/languages';
import type { Translation } from '../lib/site/views';

export function PostTranslations({ translations = [] }: { translations?: Translation[] }) {
  if (translations.length === 0) return null;
  return (
    <ul className="translations">
      {translations.map(({ path, title, language }) => (
        <li key={path}>
          <a href={path} lang={language} hrefLang={language} rel="alternate">
            {`${nameOfLanguage(language)}: ${title}`}
          </a>
        </li>
      ))}
    </ul>
  );
}
