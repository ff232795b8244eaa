/**
 * What cannot be on the site, and what is not where it was: neither holds up anything else, and whoever edits
 * it, or comes for it, is told.
 */
import { SECRET, startSite, type Site } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

describeWithWordPress('a WordPress with odd pages', () => {
  let wordpress: WordPress;
  let site: Site;

  beforeAll(async () => {
    wordpress = await startWordPress();
    site = await startSite({}, { WORDPRESS_URL: wordpress.url });
  });
  afterAll(async () => {
    await site?.close();
    await wordpress?.close();
  });

  const make = (kind: 'posts' | 'pages', fields: object) =>
    wordpress.rest('POST', `/wp/v2/${kind}`, { status: 'publish', content: 'Text.', ...fields });
  const report = async (path: string) => {
    const { status, report: body } = await site.call({ paths: [path] });
    return { status, pages: body.pages.map((one) => one.path) };
  };
  const pending = async () => Number(await wordpress.php('echo count(evergreen_pending());'));
  const from = async (path: string) => {
    const response = await fetch(site.url + path, { redirect: 'manual' });
    return `${response.status} ${response.headers.get('location') ?? ''}`.trim();
  };

  test('has all of them but those whose address belongs to the site, and says which and why', async () => {
    await wordpress.activate({ url: site.url, secret: SECRET });
    const [services, products] = [
      await make('pages', { title: 'Services', slug: 'services' }),
      await make('pages', { title: 'Products', slug: 'products' }),
    ];
    await make('pages', { title: 'Of services', slug: 'pricing', parent: services?.id });
    await make('pages', { title: 'Of products', slug: 'pricing', parent: products?.id });
    await make('pages', { title: 'Our blog', slug: 'blog' });
    await make('pages', { title: 'With a line', slug: 'snake_case' });
    const odd = await make('pages', { title: 'Look for it', slug: 'search' });
    expect(await pending()).toBe(0);

    for (const [path, title] of [
      ['/services/pricing', 'Of services'],
      ['/products/pricing', 'Of products'],
      ['/blog', 'Our blog'],
      ['/snake_case', 'With a line'],
      ['/search', 'Search'],
    ] as const) {
      const { status, text } = await site.visit(path);
      expect([path, status, /<h1>(.*?)<\/h1>/.exec(text)?.[1]]).toEqual([path, 200, title]);
    }
    const said = `WordPress page ${odd.id} (${odd.link}): is left out: /search belongs to the site itself; give it another slug`;
    expect(await site.call({ changed: true })).toMatchObject({
      status: 200,
      report: { revalidated: true, warnings: [said] },
    });
    const findings = await fetch(
      `${site.url}/api/check-wordpress?home=${encodeURIComponent(wordpress.url)}`,
      { method: 'POST', headers: { Authorization: `Bearer ${SECRET}` } },
    );
    expect((await findings.json()).findings).toContainEqual({ state: 'note', message: said });
    const last = await wordpress.rest('GET', `/evergreen/v1/last?post=${odd.id}&after=0`);
    expect(last).toMatchObject({
      state: 'left-out',
      message: `Evergreen: the site does without this: ${said}`,
    });
    const child = await make('pages', { title: 'Hours', slug: 'hours', parent: services?.id });
    expect((await site.visit('/services/hours')).status).toBe(200);
    await wordpress.rest('POST', `/wp/v2/pages/${child.id}`, { content: 'New hours.' });
    expect(await site.purge('/services/hours/')).toMatchObject({ status: 200 });
    expect((await site.visit('/services/hours')).text).toContain('New hours.');
    // A page above moves what is below it, and old addresses lead there.
    await wordpress.rest('POST', `/wp/v2/pages/${services?.id}`, { slug: 'offers' });
    expect((await site.visit('/offers/hours')).status).toBe(200);
    expect(await from('/services/hours')).toBe('301 /offers/hours');
  });

  test('reads what any address of a post names, before the purge is answered', async () => {
    const { id } = await make('posts', { title: 'Named', slug: 'named_so' });
    await site.visit('/blog/named_so');
    for (const [index, path] of [
      `/?p=${id}`,
      `/index.php?p=${id}`,
      `/archives/${id}`,
      '/2026/01/01/named_so.html',
      '/blog/named_so/amp',
      '/Blog/Named_So',
    ].entries()) {
      // Nobody tells of it but the call.
      await wordpress.php(
        `global $wpdb; $wpdb->update($wpdb->posts, ['post_content' => 'Words ${index}.',
          'post_modified_gmt' => gmdate('Y-m-d H:i:s', time() - 86400 + ${index})], ['ID' => ${id}]);
        clean_post_cache(${id});`,
      );
      const { status, pages } = await report(path);
      expect([path, status]).toEqual([path, 200]);
      expect(pages).toContain('/blog/named_so');
      expect([path, (await site.visit('/blog/named_so')).text]).toEqual([
        path,
        expect.stringContaining(`Words ${index}.`),
      ]);
    }
  });

  test('leads on from the slugs that a post had, with the plugin', async () => {
    const post = await make('posts', { title: 'Renamed', slug: 'first-name' });
    await site.visit('/blog/first-name');
    await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, { slug: 'second-name' });
    expect(await from('/blog/first-name')).toBe('301 /blog/second-name');
    const permalink = new URL(post.link).pathname.replace(/\/$/, '');
    expect(await from(permalink)).toBe('301 /blog/second-name');
    // Stored, and purged with what it leads to.
    await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, { slug: 'third-name' });
    expect(await from('/blog/first-name')).toBe('301 /blog/third-name');
    await wordpress.rest('DELETE', `/wp/v2/posts/${post.id}?force=true`);
    expect(await from('/blog/first-name')).toBe('404');
    // Of two that had a slug, the newer one.
    for (const title of ['Older', 'Newer']) {
      const { id } = await make('posts', { title, slug: 'both-had-it' });
      await wordpress.rest('POST', `/wp/v2/posts/${id}`, { slug: title.toLowerCase() });
    }
    expect(await from('/blog/both-had-it')).toBe('301 /blog/newer');
  });

  test('asks WordPress without the plugin, and leads on as WordPress does', async () => {
    const post = await make('posts', { title: 'Moved', slug: 'old-name' });
    await wordpress.php(
      `require_once ABSPATH . 'wp-admin/includes/plugin.php';
      deactivate_plugins('evergreen/evergreen.php');`,
    );
    await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, { slug: 'new-name' });
    const image = Number(
      await wordpress.php(
        `echo wp_insert_attachment(['post_title' => 'A tree', 'post_name' => 'a-tree',
          'post_mime_type' => 'image/png', 'post_status' => 'inherit'], 'tree.png', ${post.id});`,
      ),
    );
    expect(await site.call({ changed: true })).toMatchObject({ status: 200 });
    const before = (await wordpress.log()).length;
    expect(await from('/blog/old-name')).toBe('301 /blog/new-name');
    expect(await from('/blog/old-name')).toBe('301 /blog/new-name');
    const asked = (await wordpress.log()).slice(before).filter((one) => one.startsWith('HEAD '));
    expect(asked).toEqual(['HEAD /?name=old-name']);
    expect(await from(`/?attachment_id=${image}&x=1`)).toBe('301 /blog/new-name');
    expect(await from('/blog/nothing-at-all')).toBe('404');
    // A post that comes there is there.
    await make('posts', { title: 'Again', slug: 'nothing-at-all' });
    await site.call({ changed: true });
    expect(await from('/blog/nothing-at-all')).toBe('200');
    await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, { slug: 'newest-name' });
    await site.call({ changed: true });
    expect(await from('/blog/old-name')).toBe('301 /blog/newest-name');
  });
});
