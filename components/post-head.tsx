/** What machines are told of a post: article data for previews in other sites, and JSON-LD for search. */
import Head from 'next/head';
import type { AuthorLink, PostView } from '../lib/site/views';
import { SITE } from '../lib/site/site-config';
import { useSite } from './frame-context';

/** `image` is the address of the picture by a shared link. */
export function PostHead({ view, image }: { view: PostView; image: string }) {
  const { title, url, post, seo } = view;
  const { name, language } = useSite();
  const { date, updated = date, category, tags, summary } = post;
  const author: AuthorLink | undefined =
    post.author ?? (SITE.author === undefined ? undefined : { title: SITE.author });
  const about = {
    '@context': 'https://schema.org',
    '@type': 'BlogPosting',
    headline: title,
    description: seo?.description ?? summary,
    url,
    mainEntityOfPage: url,
    image: image,
    datePublished: date,
    dateModified: updated,
    author: author && {
      '@type': 'Person',
      name: author.title,
      url: author.path && new URL(author.path, url).href,
    },
    publisher: { '@type': 'Organization', name },
    articleSection: category?.title,
    keywords: tags.length > 0 ? tags.map((tag) => tag.title) : undefined,
    inLanguage: view.language ?? language,
  };
  return (
    <Head>
      <meta property="article:published_time" content={date} />
      <meta property="article:modified_time" content={updated} />
      {author && <meta name="author" content={author.title} />}
      {category && <meta property="article:section" content={category.title} />}
      {tags.map((tag) => (
        <meta key={tag.path} property="article:tag" content={tag.title} />
      ))}
      <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: dataOf(about) }} />
    </Head>
  );
}

/** As JSON in a script element, which would end at the first `</script` in a text. */
const dataOf = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
