import type { GetServerSideProps } from 'next';
import { useSite } from '../components/frame-context';
import { Layout } from '../components/layout';
import { PostMeta } from '../components/post-meta';
import { SearchForm } from '../components/search-form';
import { addressOf } from '../lib/readers/address';
import { environment } from '../lib/config';
import type { SearchResults, Result } from '../lib/readers/search';
import { runtime } from '../lib/runtime';
import type { Segment } from '../lib/readers/snippet';
import { readQuery } from '../lib/readers/search-words';
import type { Frame } from '../lib/site/facts';

export const config = { unstable_runtimeJS: false };

interface SearchProps {
  /** The canonical address, the same for all queries: none is a page worth finding. */
  url: string;
  /** What the source tells of the site itself. */
  site?: Frame;
  /** What was asked for, as far as it is used; empty if nothing. */
  query: string;
  cut: boolean;
  /** Too many searches were waiting, of this visitor's or of all. */
  busy: boolean;
  /** Absent if there is no word to look for. */
  answer?: SearchResults;
}

export default function Search({ url, query, cut, busy, answer }: SearchProps) {
  const { description } = useSite();
  return (
    <Layout
      title={query === '' ? 'Search' : `Search: ${query}`}
      description={`Search all posts. ${description}`}
      url={url}
    >
      <h1>Search</h1>
      <SearchForm id="page.search" label="Search all posts" value={query} />
      {cut && <p>That is long: only the first {query.length} characters of it were used.</p>}
      {busy ? (
        <p>Many are searching just now. Try again in a few seconds.</p>
      ) : answer ? (
        <Found answer={answer} />
      ) : query === '' ? (
        <p>Titles, summaries, topics and texts of all posts are searched.</p>
      ) : (
        <p>There is no word in that: write at least one letter or digit.</p>
      )}
    </Layout>
  );
}

function Found({ answer: { results, total, partial } }: { answer: SearchResults }) {
  const { newest = '/' } = useSite();
  if (total === 0) {
    return (
      <>
        <p>Nothing was found.</p>
        <p>
          Try another word, or only the beginning of one. Or look through the{' '}
          <a href={newest}>newest posts</a> and <a href="/topics">all topics</a>.
        </p>
      </>
    );
  }
  return (
    <>
      <p>
        {partial && 'No post has all of these words. '}
        {total === 1 ? '1 result' : `${total} results`}
        {partial && ' with some of them'}
        {total > results.length && `, of which these are the best ${results.length}`}.
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
  const url = `${environment().siteUrl}/search`;
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return { props: { url, query: '', cut: false, busy: false } };
  }
  const { snapshots } = runtime();
  // The form is there whatever becomes of the source.
  const snapshot = await snapshots.current().catch(() => snapshots.newest());
  const site = snapshot?.site.frame;
  const { text, words, cut } = readQuery(q);
  const answer = words.length > 0 ? await runtime().search.find(words, addressOf(req)) : undefined;
  const busy = words.length > 0 && !answer;
  if (busy) {
    res.statusCode = 503;
    res.setHeader('Retry-After', '5');
  }
  // As JSON, in which Next stores the props: it refuses members that are undefined.
  const props: SearchProps = JSON.parse(
    JSON.stringify({ url, site, query: text, cut, busy, answer }),
  );
  return { props };
}) satisfies GetServerSideProps<SearchProps>;
