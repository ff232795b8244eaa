/**
 * The site's own words: what pages say besides the posts. A language is one file beside this one; the types
 * hold each complete. To add yours, copy `en.ts`, translate it, and add it to `ALL` below.
 */
import { ar } from './ar';
import { de } from './de';
import { en } from './en';
import { ja } from './ja';
import { tr } from './tr';

/** How one language says what the site says. Numbers are whole, and written as the language writes them. */
export interface Words {
  // The frame of each page.
  skipToText: string;
  /** Names the navigation beside the name of the site. */
  siteNavigation: string;
  /** Names the navigation at the foot of each page. */
  footerNavigation: string;
  languages: string;
  feed: string;
  colours: string;
  system: string;
  light: string;
  dark: string;
  thisIsAPreview: string;
  leaveThePreview: string;

  // Lists.
  newestPosts: string;
  olderPosts: string;
  allPosts: string;
  posts: (count: number) => string;
  noPostYet: string;
  pinned: string;
  archive: string;
  category: (name: string) => string;
  tag: (name: string) => string;
  postsBy: (author: string) => string;
  /** A page of a list by its number. */
  numbered: (title: string, number: number) => string;
  /** Names the links between the pages of a list. */
  pagesOfTheList: string;
  /** Names the links to standalone pages. */
  standalonePages: string;
  /** Names the links to the owner's pages elsewhere. */
  elsewhere: string;
  topics: string;
  allTopics: string;
  categories: string;
  tags: string;
  noTopicYet: string;

  // A post.
  minutesToRead: (minutes: number) => string;
  /** Stands before a day. */
  updated: string;
  draft: string;
  scheduled: string;
  onlyInDevelopment: string;
  contents: string;
  /** Names the links to the posts before and after. */
  otherPosts: string;
  newer: string;
  older: string;
  relatedPosts: string;
  aboutTheAuthor: string;
  /** Where a post stands in its series. */
  partOf: (part: number, parts: number, series: string) => string;
  comments: string;
  moreComments: (count: number) => string;
  writeAComment: string;

  // In the text of a post.
  note: string;
  tip: string;
  important: string;
  warning: string;
  caution: string;
  footnotes: string;
  backToReference: (number: string) => string;
  copy: string;
  copied: string;
  /** Where a browser does not let a page copy: the text is selected, for the reader to copy. */
  selected: string;
  /** Names the link of a heading to itself. */
  linkTo: (heading: string) => string;
  /** Names a table that can be scrolled, and a formula. */
  table: string;
  formula: string;
  /** A task of a list. */
  done: string;
  toDo: string;
  /** Above the code of a diagram that is not drawn. */
  mermaid: string;
  /** Links to what another site has: a video, a song, a program, a post. */
  watchOn: (site: string) => string;
  listenOn: (site: string) => string;
  openOn: (site: string) => string;
  seeOn: (site: string) => string;
  /** The link in the place of what cannot be shown here. */
  originalOn: (site: string) => string;

  // The search.
  newsletter: string;
  emailAddress: string;
  subscribe: string;

  search: string;
  searchAllPosts: string;
  searchFor: (query: string) => string;
  whatIsSearched: string;
  onlyTheFirst: (characters: number) => string;
  searchIsBusy: string;
  noWordToSearch: string;
  nothingFound: string;
  tryAnotherWord: string;
  results: (count: number) => string;
  /** Before the results, of which none has all of the words. */
  onlySomeWords: string;
  /** After the number of results, where fewer are shown. */
  theBest: (count: number) => string;

  // What cannot be shown.
  notFound: string;
  noSuchPage: string;
  removedOrRenamed: string;
  orNewest: string;
  somethingWentWrong: string;
  faultIsOurs: string;
}

const ALL: Readonly<Record<string, Words>> = { ar, de, en, ja, tr };

/** The words of a language by its tag, such as de-CH; in English where nobody has translated them yet. */
export const wordsOf = (language: string): Words => ALL[language.split('-', 1)[0] ?? ''] ?? en;
