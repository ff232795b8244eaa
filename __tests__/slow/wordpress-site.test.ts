/**
 * The owner's site: what a real WordPress tells of itself, with our plugin and without, and that every page
 * shows the change when WordPress has been answered.
 */
import { createHmac } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Hint } from '../../lib/source/changes';
import { loadWordPress, type LoadedWordPress } from '../../lib/source/wordpress/wordpress';
import { SECRET, startSite, type Site } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

const HOUR_MS = 3_600_000;

/** A theme's locations of menus: the tests' theme has none. */
const LOCATIONS = `<?php
add_action( 'after_setup_theme', function () {
	register_nav_menus( array( 'footer' => 'Footer', 'primary' => 'Primary' ) );
} );
`;

/** Makes a menu of items, and assigns it to a location; prints the numbers of the items. */
const makeMenu = (name: string, location: string, items: string[]) => `
  $menu = wp_create_nav_menu('${name}');
  $ids = array();
  foreach (array(${items.join(', ')}) as $item) {
    $parent = isset($item['below']) ? $ids[$item['below']] : 0;
    unset($item['below']);
    $fields = array('menu-item-status' => 'publish', 'menu-item-parent-id' => $parent);
    foreach ($item as $key => $value) $fields["menu-item-$key"] = $value;
    $ids[] = wp_update_nav_menu_item($menu, 0, $fields);
  }
  set_theme_mod('nav_menu_locations', array('${location}' => $menu) + get_nav_menu_locations());
  echo json_encode($ids);`;

const toPost = (id: number, type = 'page', more = '') =>
  `array('type' => 'post_type', 'object' => '${type}', 'object-id' => ${id}${more})`;
const toAddress = (title: string, url: string, more = '') =>
  `array('type' => 'custom', 'title' => '${title}', 'url' => '${url}'${more})`;

describeWithWordPress('the owner’s site', () => {
  let wordpress: WordPress;
  let site: Site | undefined;

  afterEach(async () => {
    await site?.close();
    site = undefined;
    const complaints = await wordpress.complaints();
    await wordpress.close();
    expect(complaints).toEqual([]);
  });

  const start = async () => {
    wordpress = await startWordPress();
    const file = path.join(wordpress.dir, 'www/wp-content/mu-plugins/locations.php');
    await writeFile(file, LOCATIONS);
    // A language that can be chosen; its translations don't matter.
    const languages = path.join(wordpress.dir, 'www/wp-content/languages');
    await mkdir(languages, { recursive: true });
    await writeFile(path.join(languages, 'tr_TR.mo'), '');
  };
  const load = (previous?: LoadedWordPress, hint?: Hint, secrets = [SECRET]) =>
    loadWordPress(wordpress.url, previous, hint, { compareAfterMs: HOUR_MS, secrets });
  const publish = (fields: object, kind = 'posts') =>
    wordpress.rest('POST', `/wp/v2/${kind}`, { title: 'New', status: 'publish', ...fields });

  /** What is asked of WordPress while something is done. */
  async function requestsOf(work: () => Promise<unknown>): Promise<string[]> {
    const before = (await wordpress.log()).length;
    await work();
    return (await wordpress.log()).slice(before).map(decodeURIComponent);
  }

  test('without the plugin it is what everybody may read', async () => {
    await start();
    const home = await publish({ title: 'Welcome', slug: 'welcome' }, 'pages');
    const sticky = await publish({ title: 'First of all', sticky: true });
    await wordpress.php(
      `update_option('blogname', 'Tea &amp; more'); update_option('blogdescription', 'All about tea');
      update_option('show_on_front', 'page'); update_option('page_on_front', ${home.id});`,
    );
    const loaded = await load();
    expect(loaded.facts).toEqual({
      identity: { name: 'Tea & more', tagline: 'All about tea' },
      sticky: [`/blog/${sticky.slug}`],
    });
    expect(loaded.warnings).toEqual([]);
    expect(loaded.posts.find(({ slug }) => slug === 'welcome')).toMatchObject({
      path: '/',
      aliases: [{ path: '/welcome' }],
    });
    // What is as it was is the same object, so that no page is computed again.
    expect((await load(loaded)).facts).toBe(loaded.facts);

    // Where even that is shut, posts are read all the same.
    const shut = `<?php add_filter( 'rest_pre_dispatch', fn( $result, $server, $request ) =>
      '/' === $request->get_route() ? new WP_Error( 'shut', 'Shut', array( 'status' => 401 ) ) : $result, 10, 3 );`;
    await writeFile(path.join(wordpress.dir, 'www/wp-content/mu-plugins/shut.php'), shut);
    const known = await load(loaded);
    expect(known.facts).toEqual({ sticky: [`/blog/${sticky.slug}`] });
    expect(known.posts).toBe(loaded.posts);
  });

  test('with the plugin it is all of it, and strangers are told nothing', async () => {
    await start();
    await wordpress.activate({ url: 'http://127.0.0.1:9', secret: SECRET });
    const news = await publish({ title: 'News', slug: 'blog' }, 'pages');
    const about = await publish({ title: 'About us', slug: 'about' }, 'pages');
    const draft = await publish({ title: 'Not yet', status: 'draft' }, 'pages');
    const post = await publish({ title: 'Green tea', tags: [] });
    const items = [
      toPost(about.id),
      toPost(news.id),
      toAddress('Elsewhere', 'https://tea.example/shop'),
      toAddress('More', '#'),
      toPost(post.id, 'post', `, 'title' => 'The best', 'below' => 3`),
      toAddress('Hello', `${wordpress.url}/?p=1#top`, `, 'below' => 4`),
      `array('type' => 'taxonomy', 'object' => 'category', 'object-id' => 1, 'below' => 3)`,
      toPost(draft.id),
      toAddress('Topics', '/topics'),
      toAddress('Nowhere', `${wordpress.url}/nothing/`),
    ];
    await wordpress.php(makeMenu('Footer', 'footer', [toAddress('Imprint', '/imprint')]));
    await wordpress.php(makeMenu('Main', 'primary', items));
    await wordpress.php(
      `update_option('blogname', 'Çay'); update_option('WPLANG', 'tr_TR');
      update_option('date_format', 'j F Y'); update_option('show_on_front', 'page');
      update_option('page_for_posts', ${news.id});`,
    );
    const loaded = await load();
    expect(loaded.facts).toEqual({
      identity: {
        name: 'Çay',
        tagline: '',
        language: 'tr-TR',
        dateFormat: 'j F Y',
        navigation: [
          { title: 'About us', href: '/about' },
          { title: 'News', href: '/blog' },
          { title: 'Elsewhere', href: 'https://tea.example/shop' },
          {
            title: 'More',
            below: [
              { title: 'The best', href: '/blog/green-tea' },
              { title: 'Hello', href: '/blog/hello-world#top' },
              { title: 'Uncategorized', href: '/category/uncategorized' },
            ],
          },
          { title: 'Topics', href: '/topics' },
        ],
      },
      postsPage: { path: '/blog', title: 'News' },
      sticky: [],
    });
    expect(loaded.warnings).toEqual([
      { file: expect.stringContaining('menu item'), message: expect.stringContaining('draft') },
      { file: expect.stringContaining('Nowhere'), message: expect.stringContaining('/nothing/') },
    ]);
    // It is no page of its own, and its address is no problem.
    expect(loaded.posts.some(({ slug }) => slug === 'blog')).toBe(false);
    expect(loaded.problems).toEqual([]);

    // An item follows what it leads to, at the cost of the post alone.
    await wordpress.rest('POST', `/wp/v2/pages/${about.id}`, { title: 'Who', slug: 'who' });
    let moved = loaded;
    const requests = await requestsOf(async () => {
      moved = await load(loaded, [{ kind: 'post', id: about.id, page: true }]);
    });
    expect(requests.length).toBeLessThanOrEqual(3);
    expect(requests.join('\n')).not.toContain('evergreen/v1/site');
    expect(moved.facts.identity?.navigation?.[0]).toEqual({ title: 'Who', href: '/who' });

    // Only a signature of the secret, for this route and not long ago, opens the route.
    const route = '/evergreen/v1/site';
    const ask = async (expires: number | string, signed: string, secret = SECRET) => {
      const signature = createHmac('sha256', secret).update(signed).digest('hex');
      const response = await fetch(`${wordpress.url}/?rest_route=${route}`, {
        headers: { 'X-Evergreen-Expires': String(expires), 'X-Evergreen-Signature': signature },
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
    const soon = Math.floor(Date.now() / 1000) + 60;
    const signed = await ask(soon, `GET ${route} ${soon}`);
    expect(signed.status).toBe(200);
    expect(signed.headers.get('cache-control')).toBe('no-store');
    const past = soon - 3600;
    for (const { status, text } of [
      await ask(soon, `GET ${route} ${soon}`, 'another-secret-of-any-length'),
      await ask(soon, `GET /evergreen/v1/last ${soon}`),
      await ask(soon + 1, `GET ${route} ${soon}`),
      await ask(past, `GET ${route} ${past}`),
      await ask('', `GET ${route} `),
    ]) {
      expect(status).toBe(403);
      expect(text).not.toMatch(/Çay|Nowhere|menu/);
    }

    // With another secret, or one that is short enough to be guessed, it is as without the plugin.
    for (const [secret, why] of [
      ['another-secret-of-any-length', 'another secret'],
      ['short', 'fewer than 16'],
    ] as const) {
      const less = await load(undefined, undefined, [secret]);
      expect(less.facts.identity).toEqual({ name: 'Çay', tagline: '' });
      expect(less.warnings).toEqual([
        { file: expect.any(String), message: expect.stringContaining(why) },
      ]);
    }
    await wordpress.activate({ url: 'http://127.0.0.1:9', secret: 'short' });
    expect((await load(undefined, undefined, ['short'])).facts.identity?.language).toBeUndefined();
    expect((await ask(soon, `GET ${route} ${soon}`, 'short')).status).toBe(403);
  });
});
