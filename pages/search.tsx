import type { GetServerSideProps } from 'next';
import { useSite } from '../components/frame-context';
import { Layout } from '../components/layout';
import { PostMeta } from '../components/post-meta';
import { SearchForm } from '../components/search-form';
import { addressOf } from '../lib/readers/address';
import { environment } from '../lib/config';
import type { SearchResults, Result } from '../lib/readers/search';
import { runtimeOfProcess } from '../lib/runtime-of-process';
import type { Segment } from '../lib/readers/snippet';
import { readQuery } from '../lib/readers/search-words';
import type { Frame } from '../lib/site/facts';
import { prefixOf, sectionOfPath, type Section } from '../lib/site/languages';

export const config = { unstable_runtimeJS: false };

interface SearchProps {
  /** The canonical address, the same for all queries: none is a page worth finding. */
  url: string;
  /** What the source tells of the site itself. */
  site?: Frame;
  /** The further language whose posts are searched; absent in the site's own. */
  section?: Section;
  /** What was asked for, as far as it is used; empty if nothing. */
  query: string;
  cut: boolean;
  /** Too many searches were waiting, of this visitor's or of all. */
  busy: boolean;
  /** Absent if there is no word to look for. */
  answer?: SearchResults;
}

export default function Search({ url, query, cut, busy, answer }: SearchProps) {
  const { description, words } = useSite();
  return (
    <Layout
      title={query === '' ? words.search : words.searchFor(query)}
      description={`${words.searchAllPosts}. ${description}`}
      url={url}
    >
      <h1>{words.search}</h1>
      <SearchForm id="page.search" label={words.searchAllPosts} value={query} />
      {cut && <p>{words.onlyTheFirst(query.length)}</p>}
      {busy ? (
        <p>{words.searchIsBusy}</p>
      ) : answer ? (
        <Found answer={answer} />
      ) : (
        <p>{query === '' ? words.whatIsSearched : words.noWordToSearch}</p>
      )}
    </Layout>
  );
}

function Found({ answer: { results, total, partial } }: { answer: SearchResults }) {
  const { newest = '/', prefix, words } = useSite();
  if (total === 0) {
    return (
      <>
        <p>{words.nothingFound}</p>
        <p>{words.tryAnotherWord}</p>
        <p>
          <a href={newest}>{words.newestPosts}</a> ·{' '}
          <a href={`${prefix}/topics`}>{words.allTopics}</a>
        </p>
      </>
    );
  }
  const isCut = total > results.length;
  return (
    <>
      {partial && <p>{words.onlySomeWords}</p>}
      <p>
        {[words.results(total), isCut && words.theBest(results.length)].filter(Boolean).join(', ')}
      </p>
      {results.map((result) => (
        <Entry key={result.path} result={result} />
      ))}
    </>
  );
}

function Entry({ result: { path, title, snippet, post } }: { result: Result }) {
  return (
    <article className="entry">
      <h2>
        <a href={path}>
          <Marked segments={title} />
        </a>
      </h2>
      {post && <PostMeta post={post} />}
      {snippet.length > 0 && (
        <p>
          <Marked segments={snippet} />
        </p>
      )}
    </article>
  );
}

const Marked = ({ segments }: { segments: Segment[] }) =>
  segments.map(({ text, marked }, index) => (marked ? <mark key={index}>{text}</mark> : text));

export const getServerSideProps = (async ({ req, res, query: { q } }) => {
  // A browser may keep the page to go back to it. No edge may: no purge names these addresses.
  res.setHeader('Cache-Control', 'private, no-cache');
  // By the address as it was written, which a rewrite brings here.
  const section = sectionOfPath(req.url ?? '');
  const url = `${environment().siteUrl}${prefixOf(section)}/search`;
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return { props: { url, query: '', cut: false, busy: false } };
  }
  const { snapshots, search } = await runtimeOfProcess();
  // The form is there whatever becomes of the source.
  const snapshot = await snapshots.current().catch(() => snapshots.newest());
  const site = snapshot?.site.frame;
  const { text, cut, ...wanted } = readQuery(q);
  const isAsked = wanted.words.length > 0;
  const answer = isAsked ? await search.find({ ...wanted, section }, addressOf(req)) : undefined;
  const busy = isAsked && !answer;
  if (busy) {
    res.statusCode = 503;
    res.setHeader('Retry-After', '5');
  }
  // As JSON, in which Next stores the props: it refuses members that are undefined.
  const props: SearchProps = JSON.parse(
    JSON.stringify({ url, site, section, query: text, cut, busy, answer }),
  );
  return { props };
}) satisfies GetServerSideProps<SearchProps>;
