/**
 * News of a real WordPress: what its webhooks carry comes to the same as what is read of it, costs no request,
 * and tells strangers nothing that they may not see.
 */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { pathOfPost } from '../../lib/site/paths';
import { hintOf } from '../../lib/purge/hint';
import type { Hint } from '../../lib/source/changes';
import { loadWordPress, type LoadedWordPress } from '../../lib/source/wordpress/wordpress';
import { ROOT } from '../setup/build-site';
import { Receiver, type Call } from '../setup/receiver';
import { SECRET } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

jest.mock('../setup/site.config.mjs', () => jest.requireActual('../setup/two-languages'));

describeWithWordPress('news of a real WordPress', () => {
  const receiver = new Receiver();
  let wordpress: WordPress;
  let loaded: LoadedWordPress;

  beforeAll(async () => {
    await receiver.start();
    receiver.reply = () => ({ body: { revalidated: true, pages: [] } });
    wordpress = await startWordPress();
    await wordpress.activate({ url: receiver.url, secret: SECRET });
  }, 180_000);

  afterAll(async () => {
    const complaints = await wordpress.complaints();
    receiver.close();
    await wordpress.close();
    expect(complaints).toEqual([]);
  });

  const load = (previous?: LoadedWordPress, hint?: Hint) =>
    loadWordPress(wordpress.url, previous, hint, { compareAfterMs: 3_600_000, secrets: [SECRET] });
  const publish = (fields: object, kind = 'posts') =>
    wordpress.rest('POST', `/wp/v2/${kind}`, { title: 'New', status: 'publish', ...fields });
  const makeTerm = async (kind: string, name: string, parent?: number) =>
    (await wordpress.rest('POST', `/wp/v2/${kind}`, { name, parent })).id;
  const hintIn = ({ whole }: Call): Hint => {
    const hint = hintOf(whole);
    if (!hint) throw new Error(`No hint in ${JSON.stringify(whole)}`);
    return hint;
  };

  /** The requests that are made for the webhooks of some work, and what they told. */
  async function follow(work: () => Promise<unknown>) {
    const calls = await receiver.during(work);
    const before = (await wordpress.log()).length;
    for (const call of calls) loaded = await load(loaded, hintIn(call));
    return { calls, requests: (await wordpress.log()).slice(before).map(decodeURIComponent) };
  }

  const sorted = ({ posts }: LoadedWordPress) =>
    posts.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const expectAsRead = async () => {
    expect(loaded.problems).toEqual([]);
    expect(sorted(loaded)).toEqual(sorted(await load()));
  };

  test('what posts become costs no request, and is what a stranger reads', async () => {
    const other = await publish({ title: 'Other' });
    const page = await publish({ title: 'A page', slug: 'a-page' }, 'pages');
    loaded = await load();
    // What is counted is known from the first webhook on.
    const { requests: first } = await follow(() => publish({ title: 'First of all' }));
    expect(first.length).toBeGreaterThan(0);
    await expectAsRead();

    const image = Number(
      await wordpress.php(`
        $id = wp_insert_attachment(['post_title' => 'Tree', 'post_mime_type' => 'image/png', 'post_status' => 'inherit'], 'tree.png');
        update_post_meta($id, '_wp_attachment_image_alt', 'A tree');
        wp_update_attachment_metadata($id, ['width' => 30, 'height' => 20, 'file' => 'tree.png']);
        echo $id;`),
    );
    const tag = await makeTerm('tags', 'çay & <b>');
    const category = await makeTerm('categories', 'Known');
    const below = await makeTerm('categories', 'New', category);
    await follow(() =>
      wordpress.rest('POST', `/wp/v2/categories/${category}`, { name: 'Renamed' }),
    );
    let post = other;
    const edit = (fields: object) => () =>
      wordpress.rest('POST', `/wp/v2/posts/${post.id}`, fields);
    const works: [string, () => Promise<unknown>][] = [
      ['a new post', async () => (post = await publish({ title: 'First', excerpt: 'Short' }))],
      ['a title', edit({ title: 'Caf&eacute; <em>&amp;</em> more' })],
      ['a text', edit({ content: `<p><a href="${other.link}">Other</a></p><!--more--><p>2</p>` })],
      ['a slug', edit({ slug: 'moved' })],
      ['a tag that is new', edit({ tags: [tag] })],
      ['a category', edit({ categories: [category] })],
      ['a picture', edit({ featured_media: image })],
      ['a sticky one', edit({ sticky: true })],
      ['as all others', edit({ sticky: false })],
      ['a page', () => wordpress.rest('POST', `/wp/v2/pages/${page.id}`, { content: 'Text' })],
      ['a password', edit({ password: 'x' })],
      ['none any more', edit({ password: '' })],
      ['a draft', edit({ status: 'draft' })],
      ['a post again', edit({ status: 'publish' })],
      ['the trash', () => wordpress.rest('DELETE', `/wp/v2/posts/${other.id}`)],
      ['gone for good', () => wordpress.rest('DELETE', `/wp/v2/posts/${post.id}?force=true`)],
      ['a category that is new', async () => publish({ categories: [below] })],
    ];
    for (const [what, work] of works) {
      const { requests } = await follow(work);
      expect({ what, requests }).toEqual({ what, requests: [] });
      await expectAsRead();
    }
  });

  test('a translation is news, and stands below its code with a link from the other', async () => {
    await cp(
      path.join(ROOT, '__tests__/setup/wordpress-content/polylang.php'),
      path.join(wordpress.dir, 'www/wp-content/mu-plugins/polylang.php'),
    );
    const apple = await publish({ title: 'Apple', slug: 'apple' });
    await wordpress.php(`polylang_save(${apple.id}, 'en');`);
    loaded = await load();
    const term = await makeTerm('categories', 'Meyve');
    await wordpress.php(`add_term_meta(${term}, 'lang', 'tr');`);
    const elma = await publish({ title: 'Elma', slug: 'elma', categories: [term] });
    await follow(() => wordpress.php(`polylang_save(${elma.id}, 'tr', ['en' => ${apple.id}]);`));
    await expectAsRead();
    const at = (path: string) => loaded.posts.find((post) => pathOfPost(post) === path);
    expect(at('/tr/blog/elma')).toMatchObject({ language: 'tr', category: 'Meyve' });
    expect(at('/tr/blog/elma')?.translationKey).toBe(at('/blog/apple')?.translationKey);
    expect(loaded.facts.aliases.get(`/?p=${elma.id}`)).toEqual({ to: '/tr/blog/elma' });
    const edit = () => wordpress.rest('POST', `/wp/v2/posts/${elma.id}`, { title: 'Elmalar' });
    const { requests } = await follow(edit);
    expect(requests).toEqual([]);
    expect(at('/tr/blog/elma')?.title).toBe('Elmalar');
    await expectAsRead();
  });

  test('edits at the same time are all there, in whatever order they arrive', async () => {
    const posts = await Promise.all([publish({ title: 'A' }), publish({ title: 'B' })]);
    loaded = await load();
    const calls = await receiver.during(() =>
      Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          wordpress.rest('POST', `/wp/v2/posts/${posts[index % 2]?.id}`, {
            title: `Edit ${index}`,
          }),
        ),
      ),
    );
    for (const call of calls.toReversed()) loaded = await load(loaded, hintIn(call));
    await expectAsRead();
    for (const call of calls) loaded = await load(loaded, hintIn(call));
    await expectAsRead();
  });

  test('nothing is told that a stranger may not see', async () => {
    const secret = 'the text that nobody may see';
    const { id } = await publish({ title: 'Public' });
    const { calls } = await follow(async () => {
      await publish({ content: secret, status: 'private' });
      await publish({ content: secret, password: 'x' });
      await publish({ content: secret, status: 'draft' });
      await wordpress.rest('POST', `/wp/v2/posts/${id}`, { content: secret, status: 'private' });
      await publish({ title: 'Told', content: '<p>Text</p>' });
    });
    expect(JSON.stringify(calls.map(({ whole }) => whole))).not.toContain(secret);
    const told = calls.flatMap(({ whole }) => JSON.stringify(whole).match(/"shown":/g) ?? []);
    expect(told).toHaveLength(1);
    await expectAsRead();
  });

  test('what does not fit into a webhook is read', async () => {
    const { calls } = await follow(() => publish({ content: `<p>${'x'.repeat(1_050_000)}</p>` }));
    expect(JSON.stringify(calls[0]?.whole).length).toBeLessThan(10_000);
    await expectAsRead();
  });

  test('what a plugin cannot make is read, and the others are told all the same', async () => {
    const bad = await publish({ title: 'Bad' });
    const good = await publish({ title: 'Good' });
    const { calls } = await follow(() =>
      wordpress.php(
        `add_filter('the_content', function ($text) {
          if (str_contains($text, 'throws')) throw new Exception('A plugin failed');
          return $text;
        });
        wp_update_post(['ID' => ${bad.id}, 'post_content' => 'It throws']);
        wp_update_post(['ID' => ${good.id}, 'post_content' => 'It does not']);`,
      ),
    );
    expect(JSON.stringify(calls[0]?.whole).match(/"shown":/g)).toHaveLength(1);
    await expectAsRead();
  });

  test('in wp-admin, where plugins may show other things, nothing is told but what to read', async () => {
    const { id } = await publish({ title: 'Quick' });
    const { calls } = await follow(() =>
      wordpress.php(
        `define('WP_ADMIN', true); wp_update_post(['ID' => ${id}, 'post_title' => 'Quickly']);`,
      ),
    );
    expect(calls[0]?.whole).not.toHaveProperty('news');
    await expectAsRead();
  });

  test('a copy of it at another address counts under another name', async () => {
    const name = () => wordpress.php('echo evergreen_news_from();');
    const before = await name();
    expect(await name()).toBe(before);
    expect(
      await wordpress.php(
        `add_filter('option_home', fn() => 'http://copy.example'); echo evergreen_news_from();`,
      ),
    ).not.toBe(before);
  });
});
