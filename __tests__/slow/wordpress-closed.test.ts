import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkWordPress } from '../../lib/source/wordpress/check';
import type { Access } from '../../lib/source/wordpress/client';
import { loadWordPress } from '../../lib/source/wordpress/wordpress';
import { SECRET, startSite, type Site } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

const BASIC_AUTH = { user: 'staging', password: 'hush/puppy' };

/** As security plugins do. */
const CLOSED = (status: number, code: string) =>
  `add_filter('rest_authentication_errors', fn($error) => is_user_logged_in() ? $error
    : new WP_Error('${code}', 'Members only', ['status' => ${status}]));`;

let plugins = 0;
/**
 * Has WordPress always load this plugin, in place of the one before. Each is a file of its own: PHP looks
 * only now and then whether one that it has compiled was changed.
 */
async function putPlugin({ dir }: WordPress, code: string): Promise<void> {
  const folder = path.join(dir, 'www/wp-content/mu-plugins');
  await rm(path.join(folder, `extra-${plugins}.php`), { force: true });
  plugins += 1;
  await writeFile(path.join(folder, `extra-${plugins}.php`), `<?php ${code}`);
}

describeWithWordPress('a WordPress that is closed', () => {
  let wordpress: WordPress;
  let login: { user: string; password: string };

  beforeAll(async () => {
    wordpress = await startWordPress();
    const { user, appPassword } = wordpress.admin;
    login = { user, password: appPassword };
    await wordpress.php(
      `wp_insert_post(['post_title' => 'Shown', 'post_status' => 'publish', 'post_content' => 'For all. [members]']);
      foreach (['draft', 'private', 'pending', 'future'] as $status) {
        wp_insert_post(['post_title' => "Secret $status", 'post_status' => $status,
          'post_content' => 'Secret', 'post_date' => '2099-01-01 00:00:00']);
      }
      wp_insert_post(['post_title' => 'Secret password', 'post_status' => 'publish',
        'post_content' => 'Secret', 'post_password' => 'tea']);
      wp_insert_user(['user_login' => 'silent', 'user_pass' => 'x', 'role' => 'author']);`,
    );
  });

  afterAll(() => wordpress?.close());
  afterEach(() => withPlugin(''));

  /** Has WordPress load this with everything else, in place of what it loaded before. */
  const withPlugin = (code: string) => putPlugin(wordpress, code);

  let names = 0;
  /** The same WordPress at an address that no client has asked before: they remember what they found. */
  const address = (at = wordpress.url) => `${at}/${(names += 1)}/..`;
  const load = (access: Access, at = address()) =>
    loadWordPress(at, undefined, undefined, { compareAfterMs: 3_600_000, access });
  const titles = ({ posts }: Awaited<ReturnType<typeof load>>) =>
    posts.map(({ title }) => title).sort();
  const check = async (access: Access, at = address()) => {
    const { login: wordpressLogin, basicAuth: wordpressBasicAuth } = access;
    const settings = { wordpressUrl: at, wordpressLogin, wordpressBasicAuth, secrets: [SECRET] };
    const findings = await checkWordPress(settings, wordpress.url, []);
    return findings.map(({ state, message }) => `${state}: ${message}`);
  };

  const PUBLIC = ['Hello world!', 'Sample Page', 'Shown'];

  test.each([
    ['401', CLOSED(401, 'rest_not_logged_in')],
    ['403', CLOSED(403, 'rest_forbidden')],
    [
      'a page of HTML',
      `add_filter('rest_pre_serve_request', function ($served) {
        if (is_user_logged_in()) return $served;
        header('Content-Type: text/html'); echo '<html>Coming soon</html>'; return true;
      });`,
    ],
  ])('by %s is read with the login, and shows no more than to strangers', async (_, plugin) => {
    const open = await load({});
    // It lists everything to those who are logged in, too.
    await withPlugin(
      `${plugin} foreach (['post', 'page'] as $type) add_filter("rest_{$type}_query", function ($query) {
        if (is_user_logged_in()) $query['post_status'] = 'any';
        return $query;
      });`,
    );
    await expect(load({})).rejects.toThrow('cannot be read');
    const closed = await load({ login });
    expect(titles(closed)).toEqual(PUBLIC);
    const authors = ({ posts }: typeof open) => posts.map(({ author }) => author);
    expect(authors(closed)).toEqual(authors(open));
    expect(closed.problems).toEqual([]);
    await withPlugin(plugin);
    expect(await check({ login })).toEqual([
      expect.stringMatching(/^good: The site reads this WordPress/),
      expect.stringMatching(
        /^note: Its REST API is closed to strangers, so what is published is read as admin\./,
      ),
      'good: Previews are read as admin.',
    ]);
    expect((await check({}))[0]).toMatch(/^fault: The site cannot read posts\./);
  });

  test('shows nothing that a plugin shows to members, once ours is active', async () => {
    await withPlugin(
      `${CLOSED(401, 'rest_login_required')}
      add_shortcode('members', fn() => is_user_logged_in() ? 'For members.' : '');`,
    );
    const bodyOf = async () => (await load({ login })).posts.map(({ text }) => text.read()).join();
    expect(await bodyOf()).toContain('For members.');
    await wordpress.activate({ url: 'http://127.0.0.1:1', secret: SECRET });
    const { posts, library } = await load({ login });
    expect(posts.map(({ text }) => text.read()).join()).toMatch(/^(?!.*For members)[^]*For all\./);
    // Nor a user who has written nothing.
    expect([...library.authors.values()].map(({ name }) => name)).toEqual(['admin']);
    // What comes along with a post is read in the same request.
    const [shown] = posts.filter(({ title }) => title === 'Shown');
    const [, id = 0] = /post (\d+)/.exec(shown?.file ?? '') ?? [];
    const hint = [{ kind: 'post' as const, id: Number(id), page: false }];
    const at = address();
    const before = await load({ login }, at);
    const again = await loadWordPress(at, before, hint, {
      compareAfterMs: 3_600_000,
      access: { login },
    });
    expect(again.posts).toBe(before.posts);
    await deactivate();
  });

  const deactivate = () =>
    wordpress.php(
      `require_once ABSPATH . 'wp-admin/includes/plugin.php';
      deactivate_plugins('evergreen/evergreen.php');`,
    );

  describe('by a password of its web server', () => {
    let router = '';
    const file = () => path.join(wordpress.dir, 'router.php');

    beforeAll(async () => {
      router = await readFile(file(), 'utf8');
      const guard = `<?php
        if (($_SERVER['PHP_AUTH_USER'] ?? '') !== 'staging' || $_SERVER['PHP_AUTH_PW'] !== 'hush/puppy') {
          header('WWW-Authenticate: Basic realm="Staging"');
          http_response_code(401);
          echo 'Go away';
          return true;
        } ?>`;
      await writeFile(file(), guard + router);
      await restart();
    });

    afterAll(async () => {
      await writeFile(file(), router);
      await restart();
    });

    /** For PHP to see another router. */
    const restart = async () => {
      await wordpress.stop();
      await wordpress.start();
    };

    test('is read with that, and with the login as well, by way of the plugin', async () => {
      await expect(load({ login })).rejects.toThrow(
        'it answered 401: the web server in front of it asks for a password: set WORDPRESS_BASIC_AUTH',
      );
      expect(titles(await load({ basicAuth: BASIC_AUTH }))).toEqual(PUBLIC);
      // Where some plugin looks at the user early, WordPress takes the header for a login.
      const early = `add_filter('rest_authentication_errors', function ($error) { is_user_logged_in(); return $error; });`;
      await withPlugin(early);
      const mistaken =
        /401: it takes WORDPRESS_BASIC_AUTH for a login of its own: activate the plugin/;
      await expect(load({ basicAuth: BASIC_AUTH })).rejects.toThrow(mistaken);
      expect((await check({ basicAuth: BASIC_AUTH, login }))[0]).toMatch(mistaken);
      await withPlugin(CLOSED(401, 'rest_not_logged_in'));
      await expect(load({ basicAuth: BASIC_AUTH, login })).rejects.toThrow(
        /as admin: it answered 401: Members only; .* only while its plugin Evergreen is active$/,
      );

      await wordpress.activate({ url: 'http://127.0.0.1:1', secret: SECRET });
      expect(titles(await load({ basicAuth: BASIC_AUTH, login }))).toEqual(PUBLIC);
      const wrong = { ...login, password: 'wrong' };
      await expect(load({ basicAuth: BASIC_AUTH, login: wrong })).rejects.toThrow(
        'as admin: it answered 401',
      );
      await withPlugin(early);
      expect(titles(await load({ basicAuth: BASIC_AUTH }))).toEqual(PUBLIC);
      const findings = await check({ basicAuth: BASIC_AUTH, login });
      expect(findings).toContain('good: Previews are read as admin.');
      expect(findings.join()).not.toContain('pictures');
      expect(findings.join()).not.toMatch(/hush|puppy/);
      await deactivate();
    });

    test('tells that visitors see no pictures', async () => {
      await wordpress.activate({ url: 'http://127.0.0.1:1', secret: SECRET });
      await wordpress.php(
        `$file = wp_upload_bits('tea.png', null, base64_decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='))['file'];
        wp_insert_attachment(['post_mime_type' => 'image/png', 'post_title' => 'Tea'], $file);`,
      );
      expect(await check({ basicAuth: BASIC_AUTH })).toContainEqual(
        expect.stringMatching(/^note: Visitors do not see the pictures: .*wp-content\/uploads/),
      );
      await deactivate();
    });
  });

  describe('or elsewhere', () => {
    test('is found in a subdirectory, where the web server keeps one', async () => {
      await wordpress.php(`symlink('.', '${wordpress.dir}/www/wp');`);
      await withPlugin(
        `foreach (['home', 'siteurl'] as $name) add_filter("option_$name", fn($url) => "$url/wp", 99);`,
      );
      const { posts } = await load({}, address(`${wordpress.url}/wp`));
      expect(posts.map(({ title }) => title).sort()).toEqual(PUBLIC);
      expect(posts[0]?.file).toContain(`${wordpress.url}/wp/`);
    });

    test.each([
      ['the header of the home page', ''],
      ['its head', `remove_action('template_redirect', 'rest_output_link_header', 11);`],
    ])('is found at another prefix by %s', async (_, plugin) => {
      await withPlugin(
        `unset($_GET['rest_route']); add_filter('rest_url_prefix', fn() => 'api'); ${plugin}`,
      );
      await wordpress.php('flush_rewrite_rules();');
      expect(titles(await load({}))).toEqual(PUBLIC);
      await withPlugin('');
      await wordpress.php('flush_rewrite_rules();');
    });
  });
});

describeWithWordPress('one site of several', () => {
  test('is read by its address', async () => {
    const wordpress = await startWordPress();
    try {
      const domain = new URL(wordpress.url).host;
      await wordpress.php(
        `require_once ABSPATH . 'wp-admin/includes/upgrade.php';
        global $wpdb;
        foreach ($wpdb->tables('ms_global') as $table => $prefixed) $wpdb->$table = $prefixed;
        install_network();
        populate_network(1, '${domain}', 'a@example.com', 'Network', '/', false);`,
      );
      await writeFile(
        path.join(wordpress.dir, 'constants.php'),
        `<?php define('MULTISITE', true); define('SUBDOMAIN_INSTALL', false);
        define('DOMAIN_CURRENT_SITE', '${domain}'); define('PATH_CURRENT_SITE', '/');
        define('SITE_ID_CURRENT_SITE', 1); define('BLOG_ID_CURRENT_SITE', 1);
        $_SERVER['HTTP_HOST'] = $_SERVER['HTTP_HOST'] ?? '${domain}';`,
      );
      await wordpress.stop();
      await wordpress.start();
      await wordpress.php(
        `$id = wp_insert_site(['domain' => '${domain}', 'path' => '/two/', 'network_id' => 1, 'user_id' => 1]);
        foreach ([1 => '', $id => '/two'] as $site => $path) {
          foreach (['home', 'siteurl'] as $name) update_blog_option($site, $name, '${wordpress.url}' . $path);
        }
        switch_to_blog($id);
        wp_insert_post(['post_title' => 'Of the second', 'post_status' => 'publish']);
        // WordPress takes the colon out of an address with a port, whenever something is published.
        restore_current_blog();
        $GLOBALS['wpdb']->update('wp_blogs', ['domain' => '${domain}'], ['blog_id' => $id]);`,
      );
      const titlesAt = async (at: string) =>
        (await loadWordPress(at, undefined, undefined, { compareAfterMs: 1 })).posts.map(
          ({ title }) => title,
        );
      expect(await titlesAt(`${wordpress.url}/two`)).toContain('Of the second');
      expect(await titlesAt(wordpress.url)).not.toContain('Of the second');
    } finally {
      await wordpress.close();
    }
  }, 180_000);
});

describeWithWordPress('a security plugin', () => {
  let wordpress: WordPress;
  let site: Site;
  const slugs = Array.from({ length: 12 }, (_, index) => `p${index}`);
  beforeAll(async () => {
    wordpress = await startWordPress();
    // As many pages, so that half of all is left where no post is shown.
    await wordpress.php(
      `foreach (${JSON.stringify(slugs)} as $slug) wp_insert_post(['post_title' => "Page $slug",
        'post_name' => "page-$slug", 'post_type' => 'page', 'post_status' => 'publish']);
      foreach (${JSON.stringify(slugs)} as $slug) wp_insert_post(['post_title' => "Title of $slug",
        'post_name' => $slug, 'post_status' => 'publish', 'post_content' => "Text of $slug."]);`,
    );
    site = await startSite({}, { WORDPRESS_URL: wordpress.url });
    await site.purge('/*');
    await Promise.all(
      slugs.flatMap((slug) => [site.visit(`/blog/${slug}`), site.visit(`/page-${slug}`)]),
    );
  }, 180_000);

  afterAll(async () => {
    await site?.close();
    await wordpress?.close();
  });

  afterEach(async () => {
    await putPlugin(wordpress, '');
    expect((await site.call({ changed: true })).status).toBe(200);
  });

  const emptyAt = (
    route: string,
  ) => `add_filter('rest_post_dispatch', function ($response, $server, $request) {
    if (str_starts_with($request->get_route(), '${route}')) {
      $response->set_data([]);
      foreach (['X-WP-Total', 'X-WP-TotalPages'] as $name) $response->header($name, 0);
    }
    return $response;
  }, 10, 3);`;

  test.each([
    ['empty lists', emptyAt('/wp/v2/'), /^\d\d posts are stored, and the sources hold only 0/],
    [
      'an empty list of posts',
      emptyAt('/wp/v2/posts'),
      /^1\d posts are stored, and the sources hold only 0/,
    ],
    ['401', CLOSED(401, 'rest_not_logged_in'), /answered 401: Members only/],
    ['403', CLOSED(403, 'rest_forbidden'), /answered 403: Members only/],
    [
      'a page of HTML',
      `add_filter('rest_pre_serve_request', function () {
        header('Content-Type: text/html'); echo '<html>Coming soon</html>'; return true;
      });`,
      /a page of HTML instead of JSON/,
    ],
  ])('that answers with %s removes nothing, and is named', async (_, plugin, message) => {
    await putPlugin(wordpress, plugin);
    for (const body of [{ changed: true }, { path: '/blog/p1' }]) {
      const { status, report } = await site.call(body);
      expect(status).toBe(500);
      if (report.message) expect(report.message).toMatch(message);
    }
    const visits = await Promise.all(slugs.map((slug) => site.visit(`/blog/${slug}`)));
    expect(visits.map(({ status }) => status)).toEqual(slugs.map(() => 200));
  });
});
