import { otherFields, SENDER_SHAPES } from '../../../lib/purge/sender-shapes';

/** What senders write, by the row of the table that knows it, and the fields that are not ours. */
const BODIES: [sender: string, body: Record<string, unknown>, fields: string[]][] = [
  ['Ghost', { tag: { current: { id: '6', slug: 'x' }, previous: {} } }, ['tag']],
  ['Ghost', { tag: { current: {}, previous: { slug: 'x' } } }, ['tag']],
  ['WordPress', { id: 12, slug: 'x', type: 'post', categories: [3], tags: [5, 7] }, ['tags']],
  ['WordPress', { ID: '12', post_type: 'post', tags: ['5'] }, ['tags']],
  ['Sanity', { _id: 'a', _type: 'post', tags: [{ _ref: 't1', _type: 'reference' }] }, ['tags']],
  ['Sanity', { tags: [{ _ref: 't1' }, { _ref: 't2' }] }, ['tags']],
  ['Sanity', { path: { _type: 'slug', current: 'x' }, tag: { _ref: 't1' } }, ['path', 'tag']],
  ['Drupal', { path: { alias: '/x', pid: 1, langcode: 'en' } }, ['path']],
  ['Drupal', { path: [{ alias: null }], tags: [{ target_id: 5 }] }, ['path', 'tags']],
  ['Strapi', { id: 1, slug: 'x', tags: [{ id: 1, name: 'x' }] }, ['tags']],
  ['Strapi', { documentId: 'a', tag: { documentId: 'b' }, tags: { data: [] } }, ['tag', 'tags']],
  ['Contentful: links', { sys: {}, tags: [{ sys: { type: 'Link' } }] }, ['tags']],
  ['Contentful: languages', { sys: {}, path: { en: '/x', de: '/y' } }, ['path']],
  ['Contentful: languages', { tags: { 'en-US': ['x'] } }, ['tags']],
  [
    'Prismic',
    { type: 'api-update', secret: 'S', tags: { addition: [{ id: 'x' }], deletion: [] } },
    ['tags'],
  ],
  ['GitLab', { object_kind: 'release', tag: 'v1.1' }, ['tag']],
];

test.each(BODIES)('%s: %j', (sender, body, fields) => {
  expect([...otherFields(body)]).toEqual(fields);
  const fits = SENDER_SHAPES.filter((shape) =>
    shape.fields.some((field) => fields.includes(field) && shape.fits(body[field], body)),
  );
  expect(fits.map((shape) => shape.sender)).toContain(sender);
});

test('each row of the table has an example here', () => {
  const named = new Set(BODIES.map(([sender]) => sender));
  expect(SENDER_SHAPES.map(({ sender }) => sender)).toEqual([...named]);
});

test.each([
  [{ path: '/a', paths: ['/b'], tag: 'posts', tags: ['post:a'] }],
  [{ id: 12, paths: { 0: '/', 2: '/about' }, tags: ['post-12'] }],
  [{ path: 1 }],
  [{ id: 12, path: 1 }],
  [{ paths: [1, 2] }],
  [{ id: 12, paths: [1, 2] }],
  [{ tags: [1] }],
  [{ id: 12, tags: [1, {}] }],
  [{ paths: [['/']] }],
  [{ paths: [null] }],
  [{ paths: { a: { b: [{ c: [] }] } } }],
  [{ path: {}, tags: [] }],
  [{ path: { en: '/x' } }],
  [{ path: null, tags: undefined }],
])("%j is ours, or nobody's", (body) => {
  expect([...otherFields(body ?? {})]).toEqual([]);
});
