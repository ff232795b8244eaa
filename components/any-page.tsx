/** The page of whatever may stand at a path: a post, a list, or any page of a further language. */
import type { PageProps } from '../lib/content/page-props';
import type { MissingView, RedirectView, View } from '../lib/site/views';
import { HomePage } from './home-page';
import { ListPage } from './list-page';
import { PostPage } from './post-page';
import { TopicsPage } from './topics-page';
import { YearsPage } from './years-page';

export function AnyPage({ view, ...props }: PageProps<Exclude<View, MissingView | RedirectView>>) {
  switch (view.kind) {
    case 'post':
    case 'page':
      return <PostPage {...props} view={view} />;
    case 'years':
      return <YearsPage {...props} view={view} />;
    case 'topics':
      return <TopicsPage {...props} view={view} />;
    case 'home':
      // In the site's own language the newest posts stand here below a page of its owner's.
      if (view.section !== undefined) return <HomePage {...props} view={view} />;
  }
  return <ListPage {...props} view={view} />;
}
