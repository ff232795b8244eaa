/**
 * The owner's site: what a real WordPress tells of itself, with our plugin and without, and that every page
 * shows the change when WordPress has been answered.
 */
import { createHash, createHmac } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Hint } from '../../lib/source/changes';
import { loadWordPress, type LoadedWordPress } from '../../lib/source/wordpress/wordpress';
import { ROOT } from '../setup/build-site';
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
      aliases: expect.any(Map),
      descriptions: new Map(),
    });
    expect(loaded.facts.aliases.get('/welcome')).toEqual({ to: '/' });
    expect(loaded.warnings).toEqual([]);
    expect(loaded.posts.find(({ slug }) => slug === 'welcome')).toMatchObject({
      path: '/',
    });
    // What is as it was is the same object, so that no page is computed again.
    expect((await load(loaded)).facts).toBe(loaded.facts);

    // Where even that is shut, posts are read all the same.
    const shut = `<?php add_filter( 'rest_pre_dispatch', fn( $result, $server, $request ) =>
      '/' === $request->get_route() ? new WP_Error( 'shut', 'Shut', array( 'status' => 401 ) ) : $result, 10, 3 );`;
    await writeFile(path.join(wordpress.dir, 'www/wp-content/mu-plugins/shut.php'), shut);
    const known = await load(loaded);
    expect(known.facts).toMatchObject({ identity: undefined, sticky: [`/blog/${sticky.slug}`] });
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
      aliases: expect.any(Map),
      descriptions: new Map(),
    });
    expect(loaded.warnings).toMatchObject([
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
      expect(less.warnings).toMatchObject([
        { file: expect.any(String), message: expect.stringContaining(why) },
      ]);
    }
    await wordpress.activate({ url: 'http://127.0.0.1:9', secret: 'short' });
    expect((await load(undefined, undefined, ['short'])).facts.identity?.language).toBeUndefined();
    expect((await ask(soon, `GET ${route} ${soon}`, 'short')).status).toBe(403);
  });

  test('a change of the site is on every page when its webhook is answered', async () => {
    await start();
    // The site is told by the test, which reads what it reports.
    await wordpress.activate({ url: 'http://127.0.0.1:9', secret: SECRET });
    const old = { date: '2026-01-02T10:00:00' };
    const first = await publish({ title: 'Green tea', content: '<p>Green.</p>', ...old });
    await publish({ title: 'Black tea', date: '2026-02-02T10:00:00' });
    const welcome = await publish({ title: 'Welcome', slug: 'welcome' }, 'pages');
    const news = await publish({ title: 'All the news', slug: 'news' }, 'pages');
    site = await startSite({}, { WORDPRESS_URL: wordpress.url });
    const { visit, call } = site;
    const tell = async (...changes: object[]) => {
      const { status, report } = await call({ source: 'wordpress', changes });
      expect({ status, report }).toMatchObject({ status: 200, report: { revalidated: true } });
      const pages: { path: string; because: string[] }[] = report.pages;
      return new Map(pages.map((page) => [page.path, page.because]));
    };
    const told = ({ id }: { id: number }, type = 'post') => ({ kind: 'post', type, id });
    const PAGES = ['/', '/blog/green-tea', '/welcome', '/topics', '/category/uncategorized'];
    for (const at of PAGES) expect((await visit(at)).status).toBe(200);
    expect((await visit('/nothing')).status).toBe(404);

    await wordpress.php(
      `update_option('blogname', 'Çay & Co'); update_option('blogdescription', 'Every day');
      update_option('WPLANG', 'tr_TR'); update_option('date_format', 'j F Y');`,
    );
    const icon = `${wordpress.url}/wp-includes/images/w-logo-blue.png`;
    await wordpress.php(
      `$icon = wp_insert_attachment(['post_title' => 'I', 'post_mime_type' => 'image/png'], 'i.png');
      update_option('site_icon', $icon);`,
    );
    await writeFile(
      path.join(wordpress.dir, 'www/wp-content/mu-plugins/icon.php'),
      `<?php add_filter( 'get_site_icon_url', fn() => '${icon}' );`,
    );
    const items = [toPost(welcome.id), toAddress('More', '#'), toPost(first.id, 'post')];
    const [, more = 0] = JSON.parse(
      await wordpress.php(
        makeMenu('Main', 'primary', [
          ...items.slice(0, 2),
          toPost(first.id, 'post', `, 'below' => 1`),
        ]),
      ),
    );
    const renamed = await tell({ kind: 'site' });
    for (const at of [...PAGES, '/404']) expect([at, renamed.get(at)]).toEqual([at, ['site']]);
    for (const at of [...PAGES, '/nothing', '/search?q=tea']) {
      const { text } = await visit(at);
      expect(text).toContain('<html lang="tr-TR">');
      expect(text).toContain('Çay &amp; Co</title>');
      expect(text).toContain('<p>Every day</p></footer>');
      expect(text).toContain(`<link rel="icon" href="${icon}"`);
      expect(text).toMatch(/<a [^>]*href="\/welcome"[^>]*>Welcome<\/a><details name="menu">/);
      expect(text).not.toContain('Evergreen');
    }
    expect((await visit('/blog/green-tea')).text).toContain('>2 Ocak 2026</time>');
    const { text: feed } = await visit('/feed.xml');
    expect(feed).toMatch(/<title>\s*<!\[CDATA\[Çay & Co\]\]>/);
    expect(feed).toContain('<language>tr-TR</language>');
    const image = /property="og:image" content="[^"]*(\/cards\/[^"]*)"/;
    const card = image.exec((await visit('/blog/green-tea')).text)?.[1] ?? '';
    expect((await visit(card)).headers.get('cache-control')).toContain('immutable');

    // Nothing of it changed: no page is rendered.
    expect(await tell({ kind: 'site' })).toEqual(new Map());

    // A sticky post comes with the post, and concerns the list alone.
    await wordpress.php(`stick_post(${first.id});`);
    const stuck = await tell(told(first));
    expect([...stuck.keys()]).toEqual(['/']);
    const list = (text: string) => {
      const main = text.slice(text.indexOf('<main'));
      return [...main.matchAll(/<(?:h2|li)><a href="([^"]*)"/g)].map(([, at]) => at);
    };
    expect(list((await visit('/')).text)[0]).toBe('/blog/green-tea');
    expect((await visit('/')).text).toContain('<b>Sabitlenmiş');
    expect((await visit('/category/uncategorized')).text).not.toContain('Sabitlenmiş');

    // What readers write is on the page of its post, and what a plugin has for search engines on no other.
    await cp(
      path.join(ROOT, '__tests__/setup/wordpress-content/search-engines.php'),
      path.join(wordpress.dir, 'www/wp-content/mu-plugins/search-engines.php'),
    );
    const [comment] = JSON.parse(
      await wordpress.php(
        `$add = fn($text, $parent = 0, $approved = 1) => wp_insert_comment(['comment_post_ID' => ${first.id},
          'comment_author' => 'Grace', 'comment_author_url' => 'https://grace.example/', 'comment_parent' => $parent,
          'comment_approved' => $approved, 'comment_content' => $text]);
        $one = $add('A <b>fine</b> tea.<img src="https://evil.example/t.gif"><iframe src="https://evil.example/"></iframe>');
        $add('An answer, see <a href="/about/">us</a>', $one);
        echo json_encode([$one, $add('Buy this', 0, 0)]);`,
      ),
    );
    expect([...(await tell(told(first)))]).toEqual([['/blog/green-tea', ['post:green-tea']]]);
    const discussed = (await visit('/blog/green-tea')).text;
    expect(discussed).toMatch(
      new RegExp(
        `<li id="comment-${comment}">.*<p>A <b>fine</b> tea.</p></div><ol><li id=.*An answer`,
      ),
    );
    expect(discussed).toContain('<a href="https://grace.example/" rel="nofollow ugc">Grace</a>');
    expect(discussed).toContain(`<a href="${wordpress.url}/about/" rel="nofollow ugc">us</a>`);
    expect(discussed).toContain(`<a href="${first.link}#respond" rel="nofollow">`);
    expect(discussed).not.toMatch(/evil\.example|Buy this/);
    expect((await visit('/feed.xml')).text).not.toContain('>fine<');
    expect(list((await visit('/search?q=fine')).text)).toEqual([]);
    expect(list((await visit('/search?q=green')).text)).toEqual(['/blog/green-tea']);
    await wordpress.php(`wp_delete_comment(${comment}, true);`);
    await tell(told(first));
    const left = (await visit('/blog/green-tea')).text;
    expect(left).toContain('An answer');
    expect(left).not.toContain('>fine<');
    // Where visitors of WordPress are led to the site, no link sends them back.
    await wordpress.php(
      `update_option('evergreen_settings', ['links' => 'visitors'] + get_option('evergreen_settings'));`,
    );
    expect([...(await tell({ kind: 'site' })).keys()]).toContain('/blog/green-tea');
    expect((await visit('/blog/green-tea')).text).not.toContain('#respond');

    const meta = {
      title: 'The greenest tea | Çay',
      metadesc: 'What is &lt;b&gt; green',
      'meta-robots-noindex': '1',
      'meta-robots-nofollow': '1',
      'opengraph-title': 'Share this tea',
      'opengraph-image': 'https://pictures.example/tea.jpg',
    };
    const writes = Object.entries(meta).map(
      ([key, value]) => `update_post_meta(${first.id}, '_yoast_wpseo_${key}', '${value}');`,
    );
    await wordpress.php(writes.join(''));
    expect([...(await tell(told(first))).keys()]).toEqual(['/blog/green-tea']);
    const { text: head } = await visit('/blog/green-tea');
    for (const part of [
      '>The greenest tea | Çay</title>',
      '<meta name="description" content="What is &lt;b&gt; green"',
      '<meta name="robots" content="noindex, nofollow"',
      '<meta property="og:title" content="Share this tea"',
      '<meta property="og:image" content="https://pictures.example/tea.jpg"',
      '<meta property="og:image:width" content="1200"',
    ]) {
      expect(head).toContain(part);
    }
    expect(head).not.toContain('rel="canonical"');
    for (const at of ['/feed.xml', '/sitemap.xml']) {
      expect((await visit(at)).text).not.toContain('/blog/green-tea');
    }
    expect(list((await visit('/search?q=green')).text)).toEqual([]);
    expect((await visit('/category/uncategorized')).text).toContain('/blog/green-tea');
    const unhide = `delete_post_meta(${first.id}, '_yoast_wpseo_meta-robots-noindex');`;
    await wordpress.php(unhide);
    await tell(told(first));
    expect((await visit('/sitemap.xml')).text).toContain('/blog/green-tea<');
    expect((await visit('/blog/green-tea')).text).toContain('rel="canonical"');

    // What a category is about is at the head of its list, and nowhere else.
    const about = { description: 'All <b>we</b> have &amp; more' };
    await wordpress.rest('POST', '/wp/v2/categories/1', about);
    const described = await tell({ kind: 'term', taxonomy: 'category', id: 1 });
    expect([...described.keys()]).toEqual(['/category/uncategorized']);
    const category = (await visit('/category/uncategorized')).text;
    expect(category).toContain('</h1><p class="lead">All we have &amp; more</p>');
    expect(category).toContain('<meta name="description" content="All we have &amp; more"');

    // A front page, and the posts at a page of their own.
    await wordpress.php(
      `update_option('show_on_front', 'page'); update_option('page_on_front', ${welcome.id});
      update_option('page_for_posts', ${news.id});`,
    );
    await tell({ kind: 'addresses' });
    expect((await visit('/')).text).toContain('<h1>Welcome</h1>');
    const moved = await visit('/welcome');
    expect([moved.status, moved.headers.get('location')]).toEqual([308, '/']);
    const posts = await visit('/news');
    expect(posts.text).toContain('<h1>All the news</h1>');
    expect(list(posts.text)[0]).toBe('/blog/green-tea');
    for (const at of ['/blog/green-tea', '/nothing', '/search']) {
      expect((await visit(at)).text).toContain('<a href="/news">En yeni yazılar</a>');
      expect((await visit(at)).text).toContain('<a href="/">Welcome</a>');
    }
    await wordpress.rest('POST', `/wp/v2/pages/${welcome.id}`, { content: '<p>Edited.</p>' });
    expect([...(await tell(told(welcome, 'page'))).keys()]).toEqual(['/']);
    expect((await visit('/')).text).toContain('Edited.');

    // Without the page of the posts they have none; the menu's items go with what they lead to.
    await wordpress.rest('DELETE', `/wp/v2/pages/${news.id}`);
    await wordpress.rest('POST', `/wp/v2/posts/${first.id}`, { status: 'draft' });
    await tell({ ...told(news, 'page'), status: 'gone' }, { ...told(first), status: 'gone' });
    expect((await visit('/news')).status).toBe(404);
    const { text } = await visit('/topics');
    expect(text).not.toContain('En yeni yazılar');
    expect(text).not.toContain('<details');
    await wordpress.php(`wp_delete_post(${more}, true);`);
    expect(await tell({ kind: 'site' })).toEqual(new Map());

    // As WordPress begins: the posts at the front again.
    await wordpress.php(`update_option('show_on_front', 'posts');`);
    await tell({ kind: 'addresses' });
    expect(list((await visit('/')).text)[0]).toBe('/blog/hello-world');
    expect((await visit('/welcome')).text).toContain('Edited.');

    // A page with blocks has their stylesheet, which the policy allows; all others are without it.
    const blocks = await publish({
      title: 'Blocks',
      content:
        '<div class="wp-block-columns acme"><div class="wp-block-column" style="flex-basis:25%">a</div></div>' +
        '<form action="/send"><label>Name <input name="a"></label></form>',
    });
    const { report } = await call({ source: 'wordpress', changes: [told(blocks)] });
    expect(report.warnings).toContainEqual(
      expect.stringMatching(/^WordPress post \d+ \(.*\/blocks\/\): its form is shown as a link/),
    );
    const page = await visit('/blog/blocks');
    expect(page.text).toContain('<div class="wp-block-column wp-width-25">a</div>');
    expect(page.text).toContain('<div class="wp-block-columns">');
    expect(page.text).toContain(`<a href="${blocks.link}">See the original on 127.0.0.1`);
    const stylesOf = (html: string) => [...html.matchAll(/<style>([^]*?)<\/style>/g)];
    const styles = stylesOf(page.text).map(([, style = '']) => style);
    // That of posts, that of letters which Turkish has, and that of blocks.
    expect(styles).toHaveLength(3);
    expect(styles[2]).toContain('.wp-block-columns');
    const policy = page.headers.get('content-security-policy') ?? '';
    for (const style of styles) {
      expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    }
    const { text: plain } = await visit('/blog/black-tea');
    expect(stylesOf(plain)).toHaveLength(2);
    expect(plain).not.toContain('wp-block');
  }, 180_000);
});
