/** What names of files say of posts. */
import { placeOf } from '../../../lib/source/walk';

test.each<[string, string, { day?: string; draft?: boolean; markdown?: boolean }]>([
  // As they were before there were folders.
  ['hello-world.mdx', 'hello-world', { markdown: false }],
  ['2010-08-23-title.mdx', '2010-08-23-title', { day: '2010-08-23' }],
  ['türkçe.mdx', 'türkçe', {}],
  ['index.mdx', 'index', {}],
  // Of other generators.
  ['2010-08-23-title.md', 'title', { day: '2010-08-23', markdown: true }],
  ['2020-1-5-A Title_here.markdown', 'a-title-here', { day: '2020-01-05', markdown: true }],
  ['_posts/2010-08-23-Title.mdx', 'title', { day: '2010-08-23', markdown: false }],
  ['2010-02-31-title.md', '2010-02-31-title', { day: undefined }],
  ['2010-08-23.md', '2010-08-23', { day: '2010-08-23' }],
  ['blog/my-post/index.md', 'my-post', {}],
  ['blog/2015-05-06-My Post/Index.MDX', 'my-post', { day: '2015-05-06', markdown: false }],
  ['my-post/index.en.md', 'my-post-en', {}],
  ['my-post.en.md', 'my-post-en', {}],
  ['UPPER.MD', 'upper', { markdown: true }],
  ['_drafts/soon.md', 'soon', { draft: true }],
  ['Rust-1.0-alpha.md', 'rust-1-0-alpha', {}],
])('the slug of %s is %s', (name, slug, naming) => {
  const place = placeOf(name);
  expect(place.slug).toBe(slug);
  expect(place.naming).toMatchObject(naming);
});
