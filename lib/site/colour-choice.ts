/** The choice of colours at the foot of each page, kept from page to page by the browser. */

/** What a reader can choose. */
export const COLOUR_CHOICES = ['system', 'light', 'dark'] as const;

/** Names the radio buttons. With a dot, which no name or id of a post has by chance. */
export const COLOUR_INPUT = 'page.colours';

/**
 * The one inline script, allowed by its hash: it sets what was chosen before anything is painted. It looks
 * again when a page comes out of the browser's cache, out of a prerendering or from behind another tab.
 * A browser without storage keeps the choice for the page. At most 300 bytes.
 */
export const COLOUR_SCRIPT =
  '{let d=document,r=d.documentElement.dataset,l={},' +
  "s=()=>{r.theme=l.theme||'system';" +
  `for(let i of d.getElementsByName('${COLOUR_INPUT}'))i.checked=i.value==r.theme};` +
  'try{l=localStorage}catch{}' +
  's();onpageshow=d.onvisibilitychange=s;' +
  `onchange=({target:t})=>{if(t.name=='${COLOUR_INPUT}')l.theme=t.value,s()}}`;
