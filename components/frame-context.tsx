/** Hands what a page shows of the site itself to all its components. */
import { createContext, useContext } from 'react';
import type { Frame } from '../lib/site/facts';
import { shownSite, type ShownSite } from '../lib/site/shown-site';

/** Given to each page by `pages/_app.tsx`. */
export const FrameContext = createContext<Frame | undefined>(undefined);

/** What the source of this page tells of the site. */
export const useFrame = (): Frame | undefined => useContext(FrameContext);

/** What this page shows of the site. */
export const useSite = (): ShownSite => shownSite(useFrame());

/** The props of a page, as far as they tell of the site. */
export interface FramedProps {
  view?: { site?: Frame };
  /** Of a page that has no view. */
  site?: Frame;
}

/** What the props of a page tell of the site. */
export const frameIn = ({ view, site }: FramedProps): Frame | undefined => view?.site ?? site;
