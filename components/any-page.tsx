/** The page of whatever may stand at a path: a list, or a post. */
import type { PageProps } from '../lib/content/page-props';
import type { ListView, PostView, StandaloneView, YearsView } from '../lib/site/views';
import { ListPage } from './list-page';
import { PostPage } from './post-page';
import { YearsPage } from './years-page';

export function AnyPage({
  view,
  ...props
}: PageProps<ListView | PostView | StandaloneView | YearsView>) {
  if (view.kind === 'years') return <YearsPage {...props} view={view} />;
  return view.kind === 'post' || view.kind === 'page' ? (
    <PostPage {...props} view={view} />
  ) : (
    <ListPage {...props} view={view} />
  );
}
