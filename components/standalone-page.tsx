/** A standalone page: at a path of its own, or at `/`. */
import type { PageProps } from '../lib/content/page-props';
import { faceOfView, sharedPicture } from '../lib/readers/open-graph-image';
import type { StandaloneView } from '../lib/site/views';
import { Article } from './article';
import { Comments } from './comments';
import { useWords } from './frame-context';
import { Layout } from './layout';
import { elementsWith, PostContents } from './post-contents';
import { UnpublishedMark } from './post-meta';
import { PostPicture } from './post-picture';
import { PostTranslations } from './post-translations';
import { Prose } from './prose';

export function StandalonePage({ view, body, comments }: PageProps<StandaloneView>) {
  const words = useWords();
  const image = sharedPicture(view.url, faceOfView(view), [view.seo?.social?.image, view.image]);
  return (
    <Layout
      title={view.title}
      description={view.summary}
      url={view.url}
      canonical={view.canonical}
      image={image}
      seo={view.seo}
      translations={view.translations}
      elements={elementsWith(body)}
    >
      <Article view={view}>
        <h1>{view.title}</h1>
        {view.unpublished && (
          <p className="meta">
            <UnpublishedMark why={view.unpublished} />
            {` · ${words.onlyInDevelopment}`}
          </p>
        )}
        <PostTranslations view={view} />
        <PostPicture image={view.image} />
        <PostContents headings={body?.headings} />
        <Prose html={body?.html} />
      </Article>
      <Comments discussion={view.discussion} comments={comments} />
    </Layout>
  );
}
