/** The article of a page: a text in its language, with our own words around it in the same. */
import { createContext, useContext, type ReactNode } from 'react';
import type { DayFormat } from '../lib/site/day';
import { directionOf } from '../lib/site/languages';
import type { PostView, StandaloneView } from '../lib/site/views';
import { wordsOf, type Words } from '../lib/site/words/words';
import { useSite } from './frame-context';

const LanguageContext = createContext<string | undefined>(undefined);

/** How the article around a component says what it says: as the page does, or in the language of its text. */
export function useArticle(): { words: Words; days: DayFormat } {
  const { words, days } = useSite();
  const language = useContext(LanguageContext);
  return language === undefined
    ? { words, days }
    : { words: wordsOf(language), days: { language } };
}

export function Article({
  view: { language, direction = language === undefined ? undefined : directionOf(language) },
  children,
}: {
  view: Pick<PostView | StandaloneView, 'language' | 'direction'>;
  children: ReactNode;
}) {
  return (
    <LanguageContext.Provider value={language}>
      <article lang={language} dir={direction}>
        {children}
      </article>
    </LanguageContext.Provider>
  );
}
