/** The site's one stylesheet. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1d231f, #dfe5e0);
  --soft: light-dark(#586159, #9ba79e);
  --page: light-dark(#fdfdfb, #141815);
  --raised: light-dark(#f1f4ef, #1d231f);
  --line: light-dark(#d9dfd8, #323b34);
  --accent: light-dark(#1c6b45, #6fcf9b);
  --sans: system-ui, sans-serif;
  --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, 'Book Antiqua', Georgia, serif;
  --mono: ui-monospace, 'Cascadia Code', Menlo, Consolas, monospace;
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  background: var(--page); color: var(--text);
  font: 1.125rem/1.65 var(--serif);
  margin: 0 auto; max-width: 44rem; padding: 0 1.25rem;
  overflow-wrap: break-word;
}
a { color: var(--accent); text-decoration-thickness: .06em; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: .12em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
.skip { background: var(--page); left: 1rem; padding: .5rem 1rem; position: absolute; top: -6rem; }
.skip:focus { top: 1rem; }
header.site { border-bottom: 1px solid var(--line); padding: 1.5rem 0 1.25rem; }
.name { color: var(--text); font: 650 1.05rem/1 var(--sans); letter-spacing: -.01em; text-decoration: none; }
.name::before {
  background: var(--accent); border-radius: 0 60% 0 60%; content: ''; display: inline-block;
  height: .72em; margin-right: .5em; width: .72em;
}
footer.site {
  border-top: 1px solid var(--line); color: var(--soft); font: .9rem/1.5 var(--sans);
  margin-top: 4rem; padding: 1rem 0 2rem;
}
h1, h2, h3, h4 { font-family: var(--sans); letter-spacing: -.015em; line-height: 1.25; text-wrap: balance; }
h1 { font-size: 2.1rem; margin: 2.5rem 0 .75rem; }
h2 { font-size: 1.4rem; margin: 2.5rem 0 .6rem; }
h3 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, ul, ol, pre, .table, figure, blockquote, aside { margin: 0 0 1.25rem; }
.meta, .tags, .pages, .pager, .related { font: .95rem/1.5 var(--sans); }
.meta { color: var(--soft); margin-bottom: .6rem; }
article > .meta { margin-bottom: 2rem; }
.entry { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1.75rem; }
.lead + .entry { border-top: 0; }
.entry h2 { margin: 0 0 .3rem; }
.entry h2 a { color: inherit; text-decoration: none; }
.entry h2 a:hover { color: var(--accent); text-decoration: underline; }
.entry .meta { margin-bottom: .4rem; }
.entry p:last-child { margin-bottom: 0; }
.pages { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
.pages a, .pager a { padding: .3rem 0; }
.pager {
  border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .75rem 2rem;
  justify-content: space-between; margin-top: 3rem; padding-top: 1rem;
}
.pager a { max-width: 20rem; }
.pager a[rel='next'] { margin-left: auto; text-align: right; }
.pager span { color: var(--soft); display: block; font-size: .85rem; }
.tags { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin-top: 2.5rem; padding: 0; }
.tags a { background: var(--raised); border-radius: 1rem; display: block; padding: .25rem .8rem; text-decoration: none; }
.tags a:hover { text-decoration: underline; }
.related h2 { font-size: 1.05rem; margin-top: 2rem; }
code, pre { font-family: var(--mono); font-size: .86em; }
:not(pre) > code { background: var(--raised); border-radius: .25em; padding: .12em .3em; }
pre {
  background: var(--raised); border-radius: .5rem; font-size: .84rem; line-height: 1.6;
  overflow-x: auto; padding: 1rem 1.15rem; tab-size: 2;
}
pre code { font-size: inherit; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font: .92rem/1.5 var(--sans); min-width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .5rem 1rem .5rem 0; text-align: left; vertical-align: top; }
td code { overflow-wrap: normal; }
blockquote { border-left: 3px solid var(--line); color: var(--soft); padding-left: 1.1rem; }
.callout { background: var(--raised); border-left: 3px solid var(--accent); border-radius: 0 .5rem .5rem 0; padding: 1rem 1.25rem; }
.callout.warning { border-left-color: light-dark(#a8500f, #e9a05c); }
.callout :last-child { margin-bottom: 0; }
.callout-title { font: 650 1rem/1.4 var(--sans); margin-bottom: .3rem; }
figure { margin-block: 2rem; }
img, video { border-radius: .5rem; display: block; height: auto; max-width: 100%; }
figcaption { color: var(--soft); font: .9rem/1.5 var(--sans); margin-top: .6rem; }
@media print {
  .skip, header.site, footer.site, .pager, .related, .tags { display: none; }
  body { font-size: 11pt; max-width: none; }
}
`.replace(/\n\s*/g, '');
