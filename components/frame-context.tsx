/** Hands what a page shows of the site itself to all its components. */
import { createContext, useContext } from 'react';
import type { Frame } from '../lib/site/facts';
import type { Section } from '../lib/site/languages';
import { shownSite, type ShownSite } from '../lib/site/shown-site';
import type { Words } from '../lib/site/words/words';

/** What a page knows of the site around it. */
interface PageFrame {
  /** What the source tells of the site. */
  frame?: Frame;
  section?: Section;
}

/** Given to each page by `pages/_app.tsx`. */
export const FrameContext = createContext<PageFrame>({});

/** What the source of this page tells of the site. */
export const useFrame = (): Frame | undefined => useContext(FrameContext).frame;

/** What this page shows of the site. */
export function useSite(): ShownSite {
  const { frame, section } = useContext(FrameContext);
  return shownSite(frame, section);
}

/** The site's own words, in the language of this page. */
export const useWords = (): Words => useSite().words;

/** The props of a page, as far as they tell of the site. */
export interface FramedProps {
  view?: { site?: Frame; section?: Section };
  /** Of a page that has no view. */
  site?: Frame;
  section?: Section;
}

/** What the props of a page tell of the site. */
export const frameIn = ({ view, site, section }: FramedProps): PageFrame => ({
  frame: view?.site ?? site,
  section: view?.section ?? section,
});
