import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../../bench/chromium.mjs';
import { Receiver, type Call, type Change, type Reply } from '../setup/receiver';
import { SECRET, startSite, until, type Site } from '../setup/site';
import {
  describeWithWordPress,
  quote,
  startWordPress,
  titleInEditor,
  type WordPress,
} from '../setup/wordpress';

/** What is sent of whatever every page shows. */
const SITE: Change[] = [{ kind: 'site' }];

const page = (path: string, result = 'regenerated') => ({ path, result, because: [], ms: 1 });
const FRESH: Reply = { body: { revalidated: true, pages: [page('/blog/a')], unchanged: 2, ms: 3 } };
const NOTHING_TO_DO: Reply = {
  body: { revalidated: false, dryRun: true, pages: [], unchanged: 3, ms: 1 },
};
const STALE: Reply = { body: { ...Object(NOTHING_TO_DO.body), pages: [page('/')] } };

/** Has a receiver answer no purge, and to questions that it is still at work, until what it returns is called. */
function work(receiver: Receiver): () => void {
  let isDone = false;
  receiver.reply = ({ body }) => (body.dryRun ? (isDone ? NOTHING_TO_DO : STALE) : undefined);
  return () => (isDone = true);
}

describeWithWordPress('the WordPress plugin', () => {
  let wordpress: WordPress;
  let browser: Browser;
  const receiver = new Receiver();

  beforeAll(async () => {
    await receiver.start();
    [wordpress, browser] = await Promise.all([startWordPress(), startChromium()]);
    const content = path.join(wordpress.dir, 'www/wp-content');
    // A location of menus, which the tests' theme has none of, and a language that can be chosen.
    await writeFile(
      path.join(content, 'mu-plugins/locations.php'),
      `<?php add_action( 'after_setup_theme', fn() => register_nav_menus( ['primary' => 'P'] ) );`,
    );
    await mkdir(path.join(content, 'languages'), { recursive: true });
    await writeFile(path.join(content, 'languages/tr_TR.mo'), '');
    await wordpress.php(
      `set_theme_mod('nav_menu_locations', ['primary' => wp_create_nav_menu('Main')]);`,
    );
    await wordpress.activate({ url: receiver.url, secret: SECRET });
  }, 180_000);

  beforeEach(() => {
    receiver.reply = () => FRESH;
  });

  afterAll(async () => {
    const complaints = await wordpress?.complaints();
    receiver.close();
    await browser?.close();
    await wordpress?.close();
    expect(complaints).toEqual([]);
  });

  const publish = (title: string, more: object = {}) =>
    wordpress.rest('POST', '/wp/v2/posts', { title, status: 'publish', ...more });
  const option = async (name: string): Promise<unknown> =>
    JSON.parse(await wordpress.php(`echo json_encode(get_option('${name}'));`));
  const pending = async () => Number(await wordpress.php('echo count(evergreen_pending());'));
  const isRetryPlanned = async () =>
    (await wordpress.php(`var_export((bool) wp_next_scheduled('evergreen_retry'));`)) === 'true';
  /** Makes the next attempt due now, and lets WP-Cron do it. */
  const retry = async () => {
    await wordpress.php(
      `wp_clear_scheduled_hook('evergreen_retry');
      wp_schedule_single_event(time() - 1, 'evergreen_retry');`,
    );
    await wordpress.cron();
  };

  /** The plugin's files in PHP. */
  const sources = async () =>
    (await readdir('wordpress/evergreen'))
      .filter((name) => name.endsWith('.php'))
      .map((name) => path.join('wordpress/evergreen', name));

  it('is PHP that parses', async () => {
    for (const file of await sources()) {
      expect(execFileSync('php', ['-l', file]).toString()).toContain('No syntax errors');
    }
  });

  it('keeps the secret out of what WordPress loads with each request', async () => {
    const isLoaded = `isset(wp_load_alloptions(true)['evergreen_settings'])`;
    expect(await wordpress.php(`var_export(${isLoaded});`)).toBe('false');
    // As a version before this one left it.
    const [before, after] = (
      await wordpress.php(
        `global $wpdb;
        $wpdb->update($wpdb->options, ['autoload' => 'yes'], ['option_name' => 'evergreen_settings']);
        delete_option('evergreen_version');
        wp_cache_flush();
        var_export(${isLoaded});
        evergreen_set_up_once();
        echo ' '; var_export(${isLoaded});`,
      )
    ).split(' ');
    expect([before, after]).toEqual(['true', 'false']);
    expect(await option('evergreen_settings')).toMatchObject({ secret: SECRET });
  });

  describe('what it sends', () => {
    it('sends one request with the secret when a post is published', async () => {
      let post: Awaited<ReturnType<typeof publish>> | undefined;
      const calls = await receiver.during(async () => {
        post = await publish('Black tea', { tags: [], categories: [1] });
      });
      expect(calls).toHaveLength(1);
      expect(calls[0]).toMatchObject({
        method: 'POST',
        url: '/api/revalidate',
        headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      });
      expect(calls[0]?.body).toEqual({
        source: 'wordpress',
        changes: [
          {
            kind: 'post',
            type: 'post',
            id: post?.id,
            slug: 'black-tea',
            modified: post?.modified_gmt,
            status: 'publish',
          },
        ],
      });
      expect(await pending()).toBe(0);
    });

    it('tells a new slug with the former one', async () => {
      const { id } = await publish('Green tea');
      const changes = await receiver.changes(() =>
        wordpress.rest('POST', `/wp/v2/posts/${id}`, { slug: 'matcha' }),
      );
      expect(changes).toMatchObject([{ id, slug: 'matcha', formerSlug: 'green-tea' }]);
    });

    it('says nothing about drafts, autosaves, revisions and what is not public', async () => {
      const { id } = await publish('White tea');
      const calls = await receiver.during(async () => {
        const draft = await wordpress.rest('POST', '/wp/v2/posts', { title: 'Draft' });
        await wordpress.rest('POST', `/wp/v2/posts/${draft.id}`, { title: 'Draft 2' });
        await wordpress.rest('POST', `/wp/v2/posts/${draft.id}/autosaves`, { title: 'Draft 3' });
        await wordpress.rest('DELETE', `/wp/v2/posts/${draft.id}?force=true`);
        await wordpress.rest('POST', `/wp/v2/posts/${id}/autosaves`, { title: 'White tea 2' });
        await wordpress.rest('POST', '/wp/v2/blocks', { title: 'Block', status: 'publish' });
        await wordpress.php(`wp_insert_post(['post_type' => 'secret_type', 'post_title' => 'S',
          'post_status' => 'publish']);`);
      });
      expect(calls).toEqual([]);
    });

    it.each([
      ['a draft', { status: 'draft' }],
      ['private', { status: 'private' }],
      ['protected by a password', { password: 'tea' }],
      ['scheduled', { date: '2099-01-01T00:00:00', status: 'future' }],
    ])('says that a post is gone when it becomes %s', async (_, change) => {
      const { id, slug } = await publish('Herbal tea');
      const changes = await receiver.changes(() =>
        wordpress.rest('POST', `/wp/v2/posts/${id}`, change),
      );
      expect(changes).toMatchObject([{ kind: 'post', id, slug, status: 'gone' }]);
    });

    it('sends trash, untrash and deletion, with the slug that visitors know', async () => {
      const { id } = await wordpress.rest('POST', '/wp/v2/pages', {
        title: 'Imprint',
        status: 'publish',
      });
      const gone = { type: 'page', id, slug: 'imprint', status: 'gone' };
      expect(
        await receiver.changes(() => wordpress.rest('DELETE', `/wp/v2/pages/${id}`)),
      ).toMatchObject([gone]);
      const untrash = `add_filter('wp_untrash_post_status', 'wp_untrash_post_set_previous_status', 10, 3);
        wp_untrash_post(${id});`;
      expect(await receiver.changes(() => wordpress.php(untrash))).toMatchObject([
        { ...gone, status: 'publish' },
      ]);
      expect(
        await receiver.changes(() => wordpress.rest('DELETE', `/wp/v2/pages/${id}?force=true`)),
      ).toMatchObject([gone]);
    });

    it('sends a scheduled post when its time has come', async () => {
      let id = 0;
      const scheduled = await receiver.during(async () => {
        ({ id } = await publish('Tomorrow', { date: '2099-01-01T00:00:00', status: 'future' }));
      });
      expect(scheduled).toEqual([]);
      await wordpress.php(
        `global $wpdb;
        $past = gmdate('Y-m-d H:i:s', time() - 5);
        $wpdb->update($wpdb->posts, ['post_date' => $past, 'post_date_gmt' => $past], ['ID' => ${id}]);
        clean_post_cache(${id});
        wp_clear_scheduled_hook('publish_future_post', [${id}]);
        wp_schedule_single_event(time() - 1, 'publish_future_post', [${id}]);`,
      );
      const changes = await receiver.changes(() => wordpress.cron());
      expect(changes).toMatchObject([{ id, slug: 'tomorrow', status: 'publish' }]);
    });

    it('sends what a plugin for search engines has of a post, and all posts when it has others of all', async () => {
      const { id } = await publish('Found tea');
      const meta = (key: string) =>
        receiver.changes(() => wordpress.php(`update_post_meta(${id}, '${key}', 'A title');`));
      for (const key of ['_yoast_wpseo_title', 'rank_math_description']) {
        expect([key, await meta(key)]).toMatchObject([key, [{ kind: 'post', id }]]);
      }
      const quiet = await receiver.during(() =>
        wordpress.php(`update_post_meta(${id}, '_yoast_wpseo_content_score', '30');`),
      );
      expect(quiet).toEqual([]);
      const all = await receiver.changes(() =>
        wordpress.php(
          `define('WPSEO_VERSION', '0'); update_option('wpseo_titles', ['title-post' => 'x']);`,
        ),
      );
      const public_ = JSON.parse(
        await wordpress.php(
          `echo json_encode(get_posts(['post_type' => ['post', 'page'], 'numberposts' => -1, 'fields' => 'ids', 'has_password' => false]));`,
        ),
      );
      expect(all.map((change) => change.id).sort()).toEqual([...public_].sort());
    });

    it('sends the post of a comment that visitors see, or saw, and of no other', async () => {
      const { id } = await publish('Discussed tea');
      const draft = await wordpress.rest('POST', '/wp/v2/posts', { title: 'Draft' });
      const added = (fields: string, post = id) => `wp_insert_comment([
        'comment_post_ID' => ${post}, 'comment_content' => 'Words', ${fields}]);`;
      const quiet = await receiver.during(async () => {
        const body = new URLSearchParams({
          comment_post_ID: String(id),
          author: 'A stranger',
          email: 'stranger@example.com',
          comment: 'Buy <a href="https://spam.example/">this</a>',
        });
        const sent = await fetch(`${wordpress.url}/wp-comments-post.php`, {
          method: 'POST',
          body,
          redirect: 'manual',
        });
        expect(sent.status).toBe(302);
        await wordpress.php(`${added(`'comment_approved' => 'spam'`)}
          ${added(`'comment_approved' => 1, 'comment_type' => 'pingback'`)}
          ${added(`'comment_approved' => 1`, draft.id)}`);
      });
      expect(quiet).toEqual([]);

      const comment = await wordpress.php(
        `echo get_comments(['post_id' => ${id}, 'status' => 'hold'])[0]->comment_ID;`,
      );
      expect(Number(comment)).toBeGreaterThan(0);
      for (const work of [
        `wp_set_comment_status(${comment}, 'approve');`,
        `wp_update_comment(['comment_ID' => ${comment}, 'comment_content' => 'Edited']);`,
        `wp_set_comment_status(${comment}, 'hold');`,
        `wp_set_comment_status(${comment}, 'approve');`,
        `wp_spam_comment(${comment});`,
        `wp_unspam_comment(${comment}); wp_set_comment_status(${comment}, 'approve');`,
        `wp_trash_comment(${comment});`,
        `wp_untrash_comment(${comment});`,
        `wp_delete_comment(${comment}, true);`,
        added(`'comment_approved' => 1`),
      ]) {
        const changes = await receiver.changes(() => wordpress.php(work));
        expect([work, changes]).toMatchObject([work, [{ kind: 'post', id, status: 'publish' }]]);
      }
    });

    it('shows the comments on a post as visitors see them, where they are asked for', async () => {
      const { id } = await publish('Much discussed');
      const locked = await publish('Locked', { password: 'x' });
      const ask = async (
        post: number,
        query = '&_fields=evergreen_comments,evergreen_comments_version',
      ) => (await fetch(`${wordpress.url}/?rest_route=/wp/v2/posts/${post}${query}`)).json();
      const insert = (count: number, post: number) => `
        for ($n = 1; $n <= ${count}; $n++) wp_insert_comment(['comment_post_ID' => ${post}, 'comment_author' => "R$n",
          'comment_author_email' => 'secret@example.com', 'comment_author_IP' => '192.0.2.7',
          'comment_content' => "Words $n", 'comment_approved' => (int) ($n !== 2)]);`;
      await wordpress.php(insert(3, id) + insert(1, locked.id));
      const first = await ask(id);
      expect(first.evergreen_comments).toMatchObject({
        total: 2,
        list: [
          { parent: 0, author_name: 'R1', content: { rendered: '<p>Words 1</p>\n' } },
          { author_name: 'R3', date_gmt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
        ],
      });
      expect(JSON.stringify(first)).not.toMatch(/secret@|192\.0/);
      expect((await ask(locked.id)).evergreen_comments).toEqual({ total: 0, list: [] });
      expect(await ask(id, '')).toMatchObject({ id, evergreen_comments: null });

      // The text for lists changes with an edit, which leaves the date and the number of comments.
      const edit = `$one = get_comments(['post_id' => ${id}, 'status' => 'approve'])[0];
        wp_update_comment(['comment_ID' => $one->comment_ID, 'comment_content' => 'Edited']);`;
      const version = async () => (await ask(id)).evergreen_comments_version;
      expect(await version()).toBe(first.evergreen_comments_version);
      await wordpress.php(edit);
      expect(await version()).not.toBe(first.evergreen_comments_version);

      await wordpress.php(insert(600, id));
      const { total, list } = (await ask(id)).evergreen_comments;
      expect([total, list.length]).toEqual([601, 500]);
      // The fifth of these is too much.
      const ids = list.slice(3, 10).map((one: { id: number }) => one.id);
      await wordpress.php(`foreach ([${ids}] as $long) {
        wp_update_comment(['comment_ID' => $long, 'comment_content' => str_repeat('x ', 30000)]);
      }`);
      expect((await ask(id)).evergreen_comments.list).toHaveLength(7);
    });

    it('sends terms: added, edited, moved and deleted, with the posts that lose them', async () => {
      const term = { kind: 'term', taxonomy: 'category' };
      let id = 0;
      const added = await receiver.changes(async () => {
        ({ id } = await wordpress.rest('POST', '/wp/v2/categories', { name: 'Oolong' }));
      });
      expect(added).toEqual([{ ...term, id }]);
      const parent = await wordpress.rest('POST', '/wp/v2/categories', { name: 'Teas' });
      for (const edit of [{ name: 'Oolongs' }, { parent: parent.id }]) {
        const edited = await receiver.changes(() =>
          wordpress.rest('POST', `/wp/v2/categories/${id}`, edit),
        );
        expect(edited).toEqual([{ ...term, id }]);
      }
      const post = await publish('Wuyi', { categories: [id] });
      const deleted = await receiver.changes(() =>
        wordpress.rest('DELETE', `/wp/v2/categories/${id}?force=true`),
      );
      expect(deleted).toEqual(
        expect.arrayContaining([{ ...term, id }, expect.objectContaining({ id: post.id })]),
      );
    });

    it('sends an author whose name or description changed, and no other profile', async () => {
      const call = (user: object) => wordpress.rest('POST', '/wp/v2/users/1', user);
      expect(await receiver.changes(() => call({ name: 'Ada' }))).toEqual([
        { kind: 'author', id: 1 },
      ]);
      expect(await receiver.changes(() => call({ description: 'Writes about tea.' }))).toEqual([
        { kind: 'author', id: 1 },
      ]);
      expect(await receiver.during(() => call({ email: 'ada@example.com' }))).toEqual([]);
    });

    it('sends each setting that the site shows, when its value is another one', async () => {
      const works = [
        `update_option('blogname', 'Teas');`,
        `update_option('blogdescription', 'Every day');`,
        `update_option('site_icon', 1);`,
        `update_option('date_format', 'j F Y');`,
        `update_option('timezone_string', 'Europe/Istanbul');`,
        `update_option('page_for_posts', 2);`,
        `update_option('WPLANG', 'tr_TR');`,
      ];
      for (const work of works) {
        expect([work, await receiver.changes(() => wordpress.php(work))]).toEqual([work, SITE]);
        expect([work, await receiver.during(() => wordpress.php(work))]).toEqual([work, []]);
      }
      const unseen = await receiver.during(() =>
        wordpress.php(`update_option('posts_per_rss', 7);`),
      );
      expect(unseen).toEqual([]);
      await wordpress.php(`update_option('page_for_posts', 0); update_option('WPLANG', '');`);
    }, 180_000);

    it('sends the menu of the main location when that is another one', async () => {
      const item = (title: string, id = 0, menu = 'Main') =>
        `wp_update_nav_menu_item(wp_get_nav_menu_object('${menu}')->term_id, ${id},
          ['menu-item-title' => '${title}', 'menu-item-url' => '/', 'menu-item-status' => 'publish']);`;
      const ofMain = (work: string) =>
        `$items = wp_get_nav_menu_items('Main'); $id = $items[0]->ID; ${work}`;
      const assign = (menu: string) =>
        `set_theme_mod('nav_menu_locations',
          ['primary' => wp_get_nav_menu_object('${menu}')->term_id]);`;
      const works: [string, Change[]][] = [
        [`wp_create_nav_menu('Other');`, []],
        [item('Elsewhere', 0, 'Other'), []],
        [item('Home'), SITE],
        [
          ofMain(
            `wp_update_nav_menu_object($items ? wp_get_nav_menu_object('Main')->term_id : 0);`,
          ),
          [],
        ],
        [ofMain(item('Home').replace(', 0,', ', $id,')), []],
        [ofMain(item('Front').replace(', 0,', ', $id,')), SITE],
        [assign('Other'), SITE],
        [ofMain(`wp_delete_post($id, true);`), []],
        [`set_theme_mod('custom_logo', 3);`, []],
        [assign('Main'), SITE],
        [assign('Other'), SITE],
        [`wp_delete_nav_menu('Other');`, SITE],
        // Without a menu a block theme lists the pages, or shows the newest navigation.
        [
          `wp_insert_post(['post_type' => 'page', 'post_title' => 'P', 'post_status' => 'draft']);`,
          [],
        ],
        [
          `wp_insert_post(['post_type' => 'wp_navigation', 'post_title' => 'N', 'post_status' => 'publish',
            'post_content' => '<!-- wp:navigation-link {"label":"A","url":"/a"} /-->']);`,
          SITE,
        ],
        [assign('Main'), SITE],
      ];
      for (const [work, changes] of works) {
        const calls = await receiver.during(() => wordpress.php(work));
        expect([work, calls.flatMap(({ body }) => body.changes ?? [])]).toEqual([work, changes]);
      }
    }, 180_000);

    it('sends the posts that became sticky, and those that are not any more', async () => {
      const first = await publish('Sticky');
      const second = await publish('Stickier');
      const stick = (...ids: number[]) => `update_option('sticky_posts', [${ids.join(', ')}]);`;
      for (const [work, ids] of [
        [stick(first.id), [first.id]],
        [stick(second.id), [first.id, second.id]],
        [stick(second.id), []],
        [`unstick_post(${second.id});`, [second.id]],
      ] as const) {
        const calls = await receiver.during(() => wordpress.php(work));
        const changes = calls.flatMap(({ body }) => body.changes ?? []);
        expect(changes.map(({ id }) => id).sort()).toEqual([...ids].sort());
      }
    });

    it('sends that addresses changed, with permalinks and the name of an author in them', async () => {
      const works = [
        `update_option('permalink_structure', '/%author%/%postname%/');`,
        `update_option('permalink_structure', '/%year%/%monthnum%/%day%/%postname%/');`,
        `update_option('category_base', 'topics');`,
        `update_option('page_on_front', 2);`,
        `wp_update_user(['ID' => 1, 'user_nicename' => 'lovelace']);`,
      ];
      for (const work of works) {
        expect(await receiver.changes(() => wordpress.php(work))).toEqual([{ kind: 'addresses' }]);
      }
    });

    it('sends a post whose featured image, or its description, changed', async () => {
      const { id } = await publish('Teapot');
      const image = Number(
        await wordpress.php(
          `echo wp_insert_attachment(['post_title' => 'I', 'post_mime_type' => 'image/png'], 'i.png');`,
        ),
      );
      const works = [
        `set_post_thumbnail(${id}, ${image});`,
        `update_post_meta(${image}, '_wp_attachment_image_alt', 'A teapot');`,
        `delete_post_thumbnail(${id});`,
      ];
      for (const work of works) {
        expect(await receiver.changes(() => wordpress.php(work))).toMatchObject([{ id }]);
      }
    });

    it('sends the posts that show a block which several share', async () => {
      const block = (content: string) =>
        wordpress.rest('POST', '/wp/v2/blocks', { title: 'Shared', content, status: 'publish' });
      const showing = ({ id }: { id: number }) => ({ content: `<!-- wp:block {"ref":${id}} /-->` });
      const inner = await block('<p>Inner.</p>');
      const outer = await block(showing(inner).content);
      const posts = [await publish('Inside', showing(inner)), await publish('Out', showing(outer))];
      await publish('Beside', showing({ id: Number(`${inner.id}0`) }));
      const route = `/wp/v2/blocks/${inner.id}`;
      for (const edit of [{ content: '<p>New.</p>' }, { status: 'draft' }, { status: 'publish' }]) {
        const changes = await receiver.changes(() => wordpress.rest('POST', route, edit));
        expect(changes.map(({ id }) => id).sort()).toEqual(posts.map(({ id }) => id).sort());
      }
      expect(
        await receiver.changes(() => wordpress.rest('DELETE', `${route}?force=true`)),
      ).toHaveLength(2);
    });

    it('sends everything that one request changed at once', async () => {
      const { id } = await publish('Many');
      const changes = await receiver.changes(() =>
        wordpress.php(
          `for ($i = 0; $i < 20; $i++) wp_update_post(['ID' => ${id}, 'post_title' => "Many $i"]);
          wp_update_post(['ID' => ${id}, 'post_name' => 'more']);
          wp_update_post(['ID' => ${id}, 'post_name' => 'most']);
          wp_insert_term('Bulk', 'post_tag');
          wp_insert_post(['post_title' => 'Never public', 'post_status' => 'draft']);
          update_option('blogname', 'Bulk');`,
        ),
      );
      expect(changes).toEqual([
        expect.objectContaining({ id, slug: 'most', formerSlug: 'many' }),
        expect.objectContaining({ kind: 'term', taxonomy: 'post_tag' }),
        { kind: 'site' },
      ]);
    });
  });

  describe('when the site does not confirm', () => {
    it('keeps changes, sends them with the next edit, and forgets them then', async () => {
      receiver.reply = () => ({
        status: 500,
        body: { revalidated: false, message: 'The disk is full', pages: [] },
      });
      const first = await publish('First try');
      expect(await pending()).toBe(1);
      await wordpress.rest('POST', `/wp/v2/posts/${first.id}`, { slug: 'renamed' });
      receiver.reply = () => FRESH;
      const changes = await receiver.changes(async () => {
        await publish('Second try');
      });
      expect(changes).toMatchObject([
        { id: first.id, slug: 'renamed', formerSlug: 'first-try' },
        { slug: 'second-try' },
      ]);
      expect(await pending()).toBe(0);
      expect(await wordpress.php(`var_export(wp_next_scheduled('evergreen_retry'));`)).toBe(
        'false',
      );
      const log = await option('evergreen_log');
      expect(Array.isArray(log) && log.slice(0, 2)).toMatchObject([
        { state: 'fresh', count: 1 },
        { state: 'failed', message: 'The site answers (500): The disk is full' },
      ]);
    });

    it('remembers the slug that visitors know across requests that failed', async () => {
      const { id } = await publish('Known');
      receiver.reply = () => ({ status: 500, body: { message: 'No' } });
      await wordpress.rest('POST', `/wp/v2/posts/${id}`, { status: 'draft' });
      await wordpress.rest('POST', `/wp/v2/posts/${id}`, { status: 'publish', slug: 'unknown' });
      receiver.reply = () => FRESH;
      expect(await receiver.changes(retry)).toMatchObject([
        { id, slug: 'unknown', formerSlug: 'known', status: 'publish' },
      ]);
    });

    it('tells what is pending as it is by then', async () => {
      receiver.reply = () => ({ status: 500, body: { message: 'No' } });
      const [gone, renamed, back] = [
        await publish('Gone'),
        await publish('First name'),
        await publish('Back'),
      ];
      await wordpress.rest('POST', `/wp/v2/posts/${back.id}`, { status: 'draft' });
      // Without the hooks, as an import does it; or in a request that ends before the one above.
      await wordpress.php(
        `global $wpdb;
        $wpdb->delete($wpdb->posts, ['ID' => ${gone.id}]);
        $wpdb->update($wpdb->posts, ['post_name' => 'second-name', 'post_modified_gmt' => '2030-01-01 00:00:00'], ['ID' => ${renamed.id}]);
        $wpdb->update($wpdb->posts, ['post_status' => 'publish'], ['ID' => ${back.id}]);`,
      );
      receiver.reply = () => FRESH;
      const changes = await receiver.changes(retry);
      expect(changes).toEqual([
        expect.objectContaining({ id: gone.id, slug: 'gone', status: 'gone' }),
        expect.objectContaining({
          id: renamed.id,
          slug: 'second-name',
          formerSlug: 'first-name',
          modified: '2030-01-01T00:00:00',
          status: 'publish',
        }),
        expect.objectContaining({ id: back.id, slug: 'back', status: 'publish' }),
      ]);
      expect(await pending()).toBe(0);
    });

    it('loses nothing of requests that end at the same time', async () => {
      receiver.reply = () => ({ status: 500, body: { message: 'No' } });
      const posts = await Promise.all(
        Array.from({ length: 8 }, (_, index) => publish(`At once ${index}`)),
      );
      receiver.reply = () => FRESH;
      const changes = await receiver.changes(retry);
      expect(changes.map(({ id }) => id).sort()).toEqual(posts.map(({ id }) => id).sort());
    });

    it('tries again by WP-Cron, each time later, until it succeeds', async () => {
      const delay = async () =>
        Number(await wordpress.php(`echo wp_next_scheduled('evergreen_retry') - time();`));
      receiver.reply = () => ({ status: 503, body: '<html>Maintenance</html>' });
      const { id } = await publish('Stubborn');
      expect(Math.abs((await delay()) - 30)).toBeLessThan(5);
      for (const seconds of [60, 300, 900]) {
        expect(await receiver.changes(retry)).toMatchObject([{ id }]);
        expect(Math.abs((await delay()) - seconds)).toBeLessThan(5);
      }
      receiver.reply = () => FRESH;
      expect(await receiver.changes(retry)).toMatchObject([{ id }]);
      expect(await pending()).toBe(0);
      expect(await receiver.during(retry)).toEqual([]);
    });

    it('tries again what another request told of in vain in the meantime', async () => {
      const failing = () => ({ status: 500, body: { message: 'No' } });
      receiver.reply = failing;
      const first = await publish('First of two');
      let answer: ((reply: Reply) => void) | undefined;
      receiver.reply = () => new Promise<Reply>((resolve) => (answer = resolve));
      receiver.calls = [];
      // Nobody waits for a command, so that it waits for its answer.
      const waiting = wordpress.php(
        `define('WP_CLI', true);
        wp_update_post(['ID' => ${first.id}, 'post_title' => 'First again']);`,
      );
      await until(() => receiver.calls.length > 0);
      receiver.reply = failing;
      const second = await publish('Second of two');
      answer?.(FRESH);
      await waiting;
      expect(await isRetryPlanned()).toBe(true);
      receiver.reply = () => FRESH;
      expect(await receiver.changes(retry)).toMatchObject([{ id: second.id }]);
      expect(await isRetryPlanned()).toBe(false);
    });

    it('tries again when the request that told of a change was killed', async () => {
      await wordpress
        .php(
          `add_filter('pre_http_request', function () { posix_kill(getmypid(), SIGKILL); });
        wp_update_post(['ID' => 1, 'post_title' => 'Killed']);`,
        )
        .catch(() => undefined);
      expect(await isRetryPlanned()).toBe(true);
      expect(await receiver.changes(retry)).toMatchObject([{ id: 1 }]);
    });

    it('delivers a retry and what WP-Cron changes in the same run at once', async () => {
      receiver.reply = () => ({ status: 500, body: { message: 'No' } });
      const late = await publish('Late');
      receiver.reply = () => FRESH;
      await wordpress.php(
        `wp_schedule_single_event(time() - 1, 'wp_update_user_test');
        file_put_contents(WPMU_PLUGIN_DIR . '/due.php',
          "<?php add_action('wp_update_user_test', function () { update_option('blogname', 'Due'); });");`,
      );
      const changes = await receiver.changes(retry);
      expect(changes).toMatchObject([{ id: late.id }, { kind: 'site' }]);
    });

    it('waits a second at most, and asks afterwards whether all is fresh', async () => {
      receiver.reply = ({ body }) => (body.dryRun ? NOTHING_TO_DO : undefined);
      const started = Date.now();
      const calls = await receiver.during(() => publish('Slow'));
      expect(Date.now() - started).toBeLessThan(2_000);
      expect(calls).toHaveLength(1);
      expect(await pending()).toBe(1);
      const asked = await receiver.during(retry);
      expect(asked.map(({ body }) => body)).toEqual([{ changed: true, dryRun: '1' }]);
      expect(await pending()).toBe(0);
    });

    it('sends again if what was asked afterwards shows stale pages', async () => {
      receiver.reply = ({ body }) => (body.dryRun ? STALE : undefined);
      await publish('Slower');
      receiver.reply = ({ body }) => (body.dryRun ? STALE : FRESH);
      const calls = await receiver.during(retry);
      expect(calls.map(({ body }) => Boolean(body.dryRun))).toEqual([true, false]);
      expect(await pending()).toBe(0);
    });
  });

  describe('in wp-admin', () => {
    let admin: Page;
    const visit = (where: string) => admin.goto(`${wordpress.url}/wp-admin/${where}`);
    const notice = () => admin.locator('#evergreen-notice').innerText();
    const settingsPage = 'options-general.php?page=evergreen';
    const press = async (name: string) => {
      await visit(settingsPage);
      await admin.getByRole('button', { name }).click();
      return admin.locator('#evergreen-result').innerText();
    };

    beforeAll(async () => {
      admin = await browser.newPage();
      admin.setDefaultTimeout(20_000);
      await wordpress.signIn(admin);
    });

    afterAll(() => admin?.close());

    it('tells in the block editor which pages are fresh after Update, or why not', async () => {
      const { id } = await publish('In blocks');
      await visit(`post.php?post=${id}&action=edit`);
      const title = await titleInEditor(admin);
      const update = admin.locator('.editor-post-publish-button');
      const snackbars = admin.locator('.components-snackbar-list');
      const notices = admin.locator('.components-notice-list');
      await title.fill('In blocks, twice');
      expect(
        await receiver.changes(async () => {
          await update.click();
          await snackbars.getByText('Evergreen: 1 page is fresh: /blog/a').waitFor();
        }),
      ).toMatchObject([{ id }]);
      expect(await notices.getByText('Evergreen').count()).toBe(0);

      receiver.reply = () => ({ status: 401, body: { message: 'Invalid token' } });
      await title.fill('In blocks, thrice');
      await update.click();
      // In place of the snackbar, and it does not go by itself.
      await notices.getByText('does not accept the secret').waitFor();
      await until(async () => (await snackbars.getByText('Evergreen').count()) === 0);
      receiver.reply = () => FRESH;
      await retry();
    });

    it('tells in the block editor when a slow site is done', async () => {
      const { id } = await publish('In slow blocks');
      await visit(`post.php?post=${id}&action=edit`);
      const finish = work(receiver);
      await (await titleInEditor(admin)).fill('In slow blocks, twice');
      await admin.locator('.editor-post-publish-button').click();
      const snackbars = admin.locator('.components-snackbar-list');
      await snackbars.getByText('still refreshing its pages').waitFor();
      finish();
      await snackbars.getByText('every page is fresh').waitFor();
      expect(await pending()).toBe(0);
    });

    it('sends one request for Quick Edit, bulk edit and trash, and says so in the list', async () => {
      const first = await publish('Quick one');
      const second = await publish('Quick two');
      // Takes the notice about these.
      await visit('index.php');
      await visit('edit.php');
      await admin.locator(`#post-${first.id}`).hover();
      await admin.locator(`#post-${first.id} button.editinline`).click();
      await admin.locator(`#edit-${first.id} input[name="post_name"]`).fill('quickest');
      const quick = await receiver.changes(async () => {
        await admin.locator(`#edit-${first.id} button.save`).click();
        await admin.locator('#evergreen-notice.notice-success .notice-dismiss').waitFor();
      });
      expect(quick).toMatchObject([{ id: first.id, slug: 'quickest', formerSlug: 'quick-one' }]);
      expect(await notice()).toContain('Evergreen: 1 page is fresh: /blog/a');

      const finish = work(receiver);
      await admin.locator(`#post-${first.id}`).hover();
      await admin.locator(`#post-${first.id} button.editinline`).click();
      await admin.locator(`#edit-${first.id} button.save`).click();
      await admin.locator('#evergreen-notice.notice-info').waitFor();
      finish();
      await admin.locator('#evergreen-notice.notice-success').waitFor();
      expect(await notice()).toContain('every page is fresh');
      receiver.reply = () => FRESH;

      await visit('edit.php');
      expect(await admin.locator('#evergreen-notice').count()).toBe(0);
      await admin.check(`#cb-select-${first.id}`);
      await admin.check(`#cb-select-${second.id}`);
      await admin.selectOption('#bulk-action-selector-top', 'edit');
      await admin.click('#doaction');
      await admin.selectOption('#bulk-edit select[name="comment_status"]', 'closed');
      const bulk = await receiver.changes(async () => {
        await admin.click('#bulk_edit');
        await admin.locator('#evergreen-notice').waitFor();
      });
      expect(bulk.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
      expect(await notice()).toContain('Evergreen: 1 page is fresh: /blog/a');

      await admin.locator(`#post-${second.id}`).hover();
      const trash = await receiver.changes(async () => {
        await admin.locator(`#post-${second.id} .submitdelete`).click();
        await admin.locator('#message').waitFor();
      });
      expect(trash).toMatchObject([{ id: second.id, slug: 'quick-two', status: 'gone' }]);
      await visit('edit.php');
      expect(await admin.locator('#evergreen-notice').count()).toBe(0);
    });

    it('tells in the classic editor too', async () => {
      const plugin = '/classic.php';
      const { id } = await publish('In classic');
      await wordpress.php(
        `file_put_contents(WPMU_PLUGIN_DIR . '${plugin}',
          "<?php add_filter('use_block_editor_for_post', '__return_false');");`,
      );
      await visit(`post.php?post=${id}&action=edit`);
      await admin.fill('#title', 'In classic, twice');
      const changes = await receiver.changes(async () => {
        await admin.click('#publish');
        await admin.locator('#evergreen-notice').waitFor();
      });
      expect(changes).toMatchObject([{ id }]);
      expect(await notice()).toContain('1 page is fresh');
      await wordpress.php(`unlink(WPMU_PLUGIN_DIR . '${plugin}');`);
    });

    it('sends a term that is edited in its form', async () => {
      const { id } = await wordpress.rest('POST', '/wp/v2/tags', { name: 'Sencha' });
      await visit(`term.php?taxonomy=post_tag&tag_ID=${id}`);
      await admin.fill('#name', 'Gyokuro');
      const changes = await receiver.changes(async () => {
        await admin.locator('#edittag input[type="submit"]').click();
        await admin.locator('#message').waitFor();
      });
      expect(changes).toEqual([{ kind: 'term', taxonomy: 'post_tag', id }]);
    });

    it('completes a notice that was still waiting', async () => {
      const { id } = await publish('Waiting');
      receiver.reply = ({ body }) => (body.dryRun ? NOTHING_TO_DO : undefined);
      await wordpress.rest('POST', `/wp/v2/posts/${id}`, { title: 'Waiting more' });
      await visit('edit.php');
      await admin.locator('#evergreen-notice.notice-success').waitFor();
      expect(await notice()).toContain('every page is fresh');
    });

    it('keeps the secret to itself', async () => {
      await visit(settingsPage);
      expect(await admin.content()).not.toContain(SECRET);
      await admin.fill('#evergreen-url', `${receiver.url}/api/revalidate/`);
      await admin.click('#submit');
      await admin.getByText('Settings saved.').waitFor();
      expect(await option('evergreen_settings')).toEqual({
        url: receiver.url,
        secret: SECRET,
        links: 'wordpress',
      });
      await admin.fill('#evergreen-url', 'javascript:alert(1)');
      await admin.fill('#evergreen-secret', 'another-secret');
      await admin.evaluate(`document.querySelector('#evergreen-url').type = 'text'`);
      await admin.click('#submit');
      await admin.getByText('The URL must begin with').waitFor();
      expect(await option('evergreen_settings')).toEqual({
        url: '',
        secret: 'another-secret',
        links: 'wordpress',
      });
      await wordpress.activate({ url: receiver.url, secret: SECRET });
    });

    it.each<[string, Reply, string]>([
      ['all is well', NOTHING_TO_DO, 'The connection works, and every page is fresh.'],
      ['the secret is wrong', { status: 401, body: {} }, 'does not accept the secret (401)'],
      ['nothing is there', { status: 404, body: 'Not found' }, 'no Evergreen at this URL (404)'],
      [
        'the site moved',
        { status: 308, headers: { Location: 'https://x.invalid/<b>' }, body: '' },
        'sends callers on to https://x.invalid/<b>',
      ],
      ['a page answers', { body: '<html>Log in</html>' }, 'is not JSON'],
      [
        'the site fails',
        { status: 500, body: { message: '<b>WordPress</b> is closed' } },
        '(500): <b>WordPress</b> is closed',
      ],
    ])('tests the connection when %s', async (_, reply, said) => {
      receiver.reply = () => reply;
      expect(await press('Test the connection')).toContain(said);
    });

    it.each([
      ['http://nowhere.invalid', 'The name nowhere.invalid is not known (DNS)'],
      ['http://127.0.0.1:1', 'Nothing answers at 127.0.0.1'],
      ['https', 'No secure connection (TLS)'],
    ])('explains why it cannot reach %s', async (url, said) => {
      const at = url === 'https' ? receiver.url.replace('http', 'https') : url;
      await wordpress.activate({ url: at, secret: SECRET });
      expect(await press('Test the connection')).toContain(said);
      await wordpress.activate({ url: receiver.url, secret: SECRET });
    });

    it('purges everything', async () => {
      const calls = await receiver.during(async () => {
        expect(await press('Purge everything')).toContain('1 page is fresh: /blog/a');
      });
      expect(calls.map(({ body }) => body.path)).toEqual(['/*']);
    });

    it('holds no process longer than 5 seconds, and asks on for what takes the site longer', async () => {
      const finish = work(receiver);
      const [waited] = await Promise.all([
        wordpress.php(
          `$started = microtime(true);
          $answers = [evergreen_post('/a', [], 5), evergreen_post('/b', [], 20), evergreen_findings()];
          echo json_encode([microtime(true) - $started, is_wp_error($answers[1]), $answers[2]]);`,
        ),
        visit(settingsPage)
          .then(() => admin.getByRole('button', { name: 'Purge everything' }).click())
          .then(() => admin.locator('#evergreen-notice.notice-info').waitFor()),
      ]);
      expect(JSON.parse(waited)).toEqual([
        expect.any(Number),
        true,
        [{ state: 'note', message: expect.stringContaining('has not read this WordPress back') }],
      ]);
      const calls = receiver.calls.map(({ url }) => url);
      expect(calls).not.toContain('/b');
      finish();
      await admin.locator('#evergreen-notice.notice-success').waitFor();
      const [entry] = (await option('evergreen_log')) as { why: string; state: string }[];
      expect(entry).toMatchObject({ why: 'all', state: 'fresh' });
    });

    it('sends again at once what did not arrive', async () => {
      receiver.reply = () => ({ status: 500, body: { message: 'No' } });
      const { id } = await publish('Missed');
      receiver.reply = () => FRESH;
      const changes = await receiver.changes(() => press('Send again now'));
      expect(changes).toMatchObject([{ id }]);
      expect(await admin.getByRole('button', { name: 'Send again now' }).count()).toBe(0);
    });

    describe('when the site wants a removal confirmed', () => {
      const REFUSED: Reply = {
        status: 500,
        body: {
          revalidated: false,
          message: '300 of 310 <b>posts</b> would be removed',
          confirm: 'removals',
          pages: [],
        },
      };
      const button = () => admin.getByRole('button', { name: 'Remove these posts from the site' });

      it('shows its message and a button, which says that it is meant', async () => {
        await visit(settingsPage);
        expect(await button().count()).toBe(0);

        receiver.reply = () => REFUSED;
        await publish('Refused');
        await visit(settingsPage);
        expect(await admin.locator('#evergreen-removals').innerText()).toContain(
          'The site answers (500): 300 of 310 <b>posts</b> would be removed',
        );
        // Nothing else confirms it.
        const others = await receiver.during(async () => {
          await press('Send again now');
          await press('Test the connection');
          await press('Purge everything');
        });
        expect(JSON.stringify(others.map(({ body }) => body))).not.toContain('confirm');

        receiver.reply = ({ body }) => (body.confirm === 'removals' ? FRESH : REFUSED);
        const calls = await receiver.during(async () => {
          await button().click();
          await admin.locator('#evergreen-result').waitFor();
        });
        expect(calls.map(({ url, body }) => [url, body])).toEqual([
          ['/api/revalidate', { source: 'wordpress', changed: true, confirm: 'removals' }],
        ]);
        expect(await admin.locator('#evergreen-result').innerText()).toContain('/blog/a');
        expect(await button().count()).toBe(0);
        expect(await pending()).toBe(0);
        expect(await admin.locator('#evergreen-log tbody tr').first().innerText()).toContain(
          'Removal of posts',
        );
      });

      it('keeps the button while the site still refuses', async () => {
        receiver.reply = () => REFUSED;
        await publish('Refused again');
        await visit(settingsPage);
        await button().click();
        expect(await admin.locator('#evergreen-result').innerText()).toContain('would be removed');
        expect(await button().count()).toBe(1);
        expect(await pending()).toBe(1);
        receiver.reply = () => FRESH;
        await publish('Taken');
        await visit(settingsPage);
        expect(await button().count()).toBe(0);
      });
    });

    it('makes no link to a preview while the secret can be guessed from it, and says why', async () => {
      const { id } = await publish('Guessable');
      await wordpress.activate({ url: receiver.url, secret: 'x'.repeat(15) });
      try {
        const preview = await admin.goto(`${wordpress.url}/?p=${id}&preview=true`);
        expect(preview?.status()).toBe(503);
        expect(await admin.locator('body').innerText()).toContain(
          'the secret has fewer than 16 characters',
        );
        expect(admin.url()).toContain(wordpress.url);
        await visit(settingsPage);
        expect(await admin.locator('#evergreen-previews').innerText()).toContain('MY_SECRET_TOKEN');
      } finally {
        await wordpress.activate({ url: receiver.url, secret: SECRET });
      }
      await visit(settingsPage);
      expect(await admin.locator('#evergreen-previews').count()).toBe(0);
    });

    it('shows the last 50 purges, with titles and paths as text', async () => {
      receiver.reply = () => ({
        body: {
          revalidated: true,
          pages: [page('/blog/<img src=x>'), page('/tag/%C3%A7ay', 'removed')],
        },
      });
      await publish('<script>document.title = "caught"</script>Biscuit & <b>tea</b>');
      await wordpress.php(`for ($i = 0; $i < 60; $i++) evergreen_log_add([], 'changes');`);
      await publish('<script>document.title = "caught"</script>Biscuit');
      await visit(settingsPage);
      expect(await admin.locator('#evergreen-log tbody tr').count()).toBe(50);
      const row = admin.locator('#evergreen-log tbody tr').first();
      expect(await row.innerText()).toContain('<script>document.title = "caught"</script>Biscuit');
      expect(await row.innerText()).not.toContain('/blog/');
      await row.getByText('2 pages').click();
      expect(await row.innerText()).toContain('/blog/<img src=x> refreshed\n/tag/çay removed');
      await admin.setViewportSize({ width: 390, height: 844 });
      expect(await admin.evaluate('document.documentElement.scrollWidth')).toBe(390);
      await admin.setViewportSize({ width: 1280, height: 720 });
      expect(await admin.title()).not.toContain('caught');
    });

    it('speaks Turkish', async () => {
      await wordpress.php(`update_user_meta(1, 'locale', 'tr_TR');`);
      await visit(settingsPage);
      await admin.getByRole('button', { name: 'Bağlantıyı sına' }).waitFor();
      await wordpress.php(`update_user_meta(1, 'locale', '');`);
    });

    it('has everything that it says in Turkish', async () => {
      const files = await Promise.all((await sources()).map((file) => readFile(file, 'utf8')));
      const source = files.join('\n');
      const said = [...source.matchAll(/\b(?:__|_n|esc_html__|esc_html_e)\( '([^']+)'/g)];
      const texts = said.map(([, words]) => words);
      expect(texts.length).toBeGreaterThan(40);
      const untranslated = await wordpress.php(
        `$said = json_decode(base64_decode('${Buffer.from(JSON.stringify(texts)).toString('base64')}'));
        $mo = new MO();
        $mo->import_from_file(WP_PLUGIN_DIR . '/evergreen/languages/evergreen-tr_TR.mo');
        $entries = array_map(fn ($entry) => $entry->singular, array_values($mo->entries));
        echo json_encode(array_values(array_diff($said, $entries)));`,
      );
      expect(JSON.parse(untranslated)).toEqual([]);
    });

    it('refuses a button without its nonce, and users who may not manage options', async () => {
      let nonce = '';
      let cookie = '';
      const calls = await receiver.during(async () => {
        for (const action of ['evergreen_purge', 'evergreen_remove']) {
          const forged = await visit(`admin-post.php?action=${action}`);
          expect(forged?.status()).toBe(403);
        }
        await wordpress.php(
          `wp_insert_user(['user_login' => 'eve', 'user_pass' => 'eve', 'role' => 'author']);`,
        );
        const context = await browser.newContext();
        const eve = await context.newPage();
        await wordpress.signIn(eve, { user: 'eve', password: 'eve' });
        nonce = String(
          await (
            await eve.goto(`${wordpress.url}/wp-admin/admin-ajax.php?action=rest-nonce`)
          )?.text(),
        );
        cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
        for (const where of [
          'admin-post.php?action=evergreen_purge',
          'admin-post.php?action=evergreen_remove',
          settingsPage,
        ]) {
          expect((await eve.goto(`${wordpress.url}/wp-admin/${where}`))?.status()).toBe(403);
        }
        await context.close();
      });
      expect(calls).toEqual([]);
      const route = `${wordpress.url}/?rest_route=/evergreen/v1/last`;
      expect((await fetch(route)).status).toBe(401);

      // An author sees what became of their own posts, and no pages that others' posts made fresh.
      const ask = async (query: string) => {
        const headers = { Cookie: cookie, 'X-WP-Nonce': nonce };
        const response = await fetch(`${route}&${query}`, { headers });
        return { status: response.status, body: await response.text() };
      };
      const others = await publish('Not of Eve');
      expect((await ask(`post=${others.id}`)).status).toBe(403);
      const [entry] = (await option('evergreen_log')) as { id: number }[];
      expect(await ask(`id=${entry?.id}`)).toEqual({ status: 200, body: '[]' });
      receiver.reply = () => ({ status: 500, body: { message: 'No' } });
      await wordpress.rest('POST', `/wp/v2/posts/${others.id}`, { title: 'Not of Eve, either' });
      receiver.reply = () => FRESH;
      const edit = (title: string) =>
        wordpress.php(
          `wp_set_current_user(get_user_by('login', 'eve')->ID);
          echo wp_insert_post(['post_title' => '${title}', 'post_status' => 'publish',
            'post_author' => get_current_user_id()]);`,
        );
      const mixed = await ask(`post=${await edit('Of Eve, with others')}`);
      expect(mixed.body).toContain('"Evergreen: 1 page is fresh."');
      const own = await ask(`post=${await edit('Of Eve')}`);
      expect(own.body).toContain('1 page is fresh: \\/blog\\/a');
    });
  });

  it('takes URL and secret from wp-config.php, and never prints the secret', async () => {
    const configured = await startWordPress({
      permalinks: 'plain',
      constants: { EVERGREEN_URL: `${receiver.url}/`, EVERGREEN_SECRET: SECRET },
    });
    const context = await browser.newContext();
    try {
      await configured.activate({ url: 'http://127.0.0.1:1', secret: 'saved' });
      const changes = await receiver.changes(() =>
        configured.rest('POST', '/wp/v2/posts', { title: 'Çay', status: 'publish' }),
      );
      expect(changes).toMatchObject([{ slug: 'cay' }]);
      const admin = await context.newPage();
      await configured.signIn(admin);
      await admin.goto(`${configured.url}/wp-admin/options-general.php?page=evergreen`);
      expect(await admin.inputValue('#evergreen-url')).toBe(receiver.url);
      expect(await admin.locator('#evergreen-url').getAttribute('readonly')).not.toBeNull();
      expect(await admin.content()).not.toContain(SECRET);
    } finally {
      await context.close();
      await configured.close();
    }
  });

  describe('as commands', () => {
    const standIn = `require ${quote(path.resolve('__tests__/setup/wp-cli.php'))};`;
    const wp = (command: string, args: string[] = [], options: Record<string, string> = {}) =>
      wordpress.php(
        `WP_CLI::run_command('evergreen ${command}', json_decode('${JSON.stringify(args)}'),
          json_decode('${JSON.stringify(options)}', true));`,
        standIn,
      );

    it('purges, tests, and says how it stands', async () => {
      const calls = await receiver.during(async () => {
        expect(await wp('purge')).toBe('Success: Evergreen: 1 page is fresh: /blog/a\n');
        await wp('purge', ['/blog/a', '/tag/*']);
      });
      expect(calls.map(({ body }) => body.path)).toEqual(['/*', ['/blog/a', '/tag/*']]);
      receiver.reply = ({ url }) =>
        url.startsWith('/api/check')
          ? { body: { findings: [{ state: 'good', message: 'Reads 3 posts.' }] } }
          : NOTHING_TO_DO;
      expect(await wp('test')).toBe(
        'Reads 3 posts.\nSuccess: The connection works, and every page is fresh.\n',
      );
      expect(JSON.parse(await wp('status', [], { format: 'json' }))).toEqual(
        expect.arrayContaining([
          { name: 'url', value: receiver.url },
          { name: 'secret', value: 'saved' },
          { name: 'pending', value: 0 },
          { name: 'result', value: 'Fresh' },
        ]),
      );
      const history = JSON.parse(await wp('history', [], { format: 'json', limit: '2' }));
      expect(history).toMatchObject([
        { what: 'Purge of some paths', state: 'fresh' },
        { what: 'Purge everything', pages: [{ path: '/blog/a', result: 'regenerated' }] },
      ]);
      expect(await wp('history', [], { format: 'csv', limit: '1' })).toMatch(
        /^time,what,state,result,pages,ms\n"[^"]+","Purge of some paths",fresh,Fresh,1,\d+\n$/,
      );
    });

    it('ends with 1 when something is wrong', async () => {
      receiver.reply = () => ({ status: 401, body: { message: 'Invalid token' } });
      for (const command of ['purge', 'test']) {
        await expect(wp(command)).rejects.toMatchObject({
          code: 1,
          stderr: expect.stringContaining('Error: The site does not accept the secret (401)'),
        });
      }
      await expect(wp('status')).rejects.toMatchObject({ code: 1 });
    });
  });

  it('tells the site of each site of a network what changed there, and leaves each', async () => {
    const network = await startWordPress({ multisite: true });
    const two = `$_SERVER['REQUEST_URI'] = '/two/';`;
    const left = `global $wpdb;
      echo $wpdb->get_var("SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE '%evergreen%'");
      var_export(wp_next_scheduled('evergreen_retry'));`;
    const urls = (calls: Call[]) => calls.map(({ url }) => url);
    try {
      await network.activate({ url: receiver.url, secret: SECRET });
      const created = await receiver.during(() =>
        network.php(
          `require_once ABSPATH . 'wp-admin/includes/plugin.php';
          activate_plugin('evergreen/evergreen.php', '', true);
          $id = wp_insert_site(['domain' => DOMAIN_CURRENT_SITE, 'path' => '/two/',
            'network_id' => 1, 'user_id' => 1, 'title' => 'Two']);
          if (is_wp_error($id)) throw new Exception($id->get_error_message());`,
        ),
      );
      expect(created).toEqual([]);
      // The first time that somebody opens its wp-admin, and enters the settings.
      const isLoaded = await network.php(
        `evergreen_set_up_once();
        update_option('evergreen_settings', ['url' => '${receiver.url}/two', 'secret' => '${SECRET}']);
        var_export(isset(wp_load_alloptions(true)['evergreen_settings']));`,
        two,
      );
      expect(isLoaded).toBe('false');

      const { user, appPassword } = network.admin;
      const login = Buffer.from(`${user}:${appPassword}`).toString('base64');
      const own = await receiver.during(async () => {
        const response = await fetch(`${network.url}/two/?rest_route=/wp/v2/posts`, {
          method: 'POST',
          headers: { Authorization: `Basic ${login}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ title: 'On two', status: 'publish' }),
        });
        // The site is told before the answer ends.
        expect(await response.text()).toContain('"slug":"on-two"');
      });
      expect(urls(own)).toEqual(['/two/api/revalidate']);

      // One request changes both: what is of the other site waits for that one's WP-Cron.
      const main = await receiver.during(() =>
        network.php(
          `switch_to_blog(2);
          wp_insert_post(['post_title' => 'From one', 'post_status' => 'publish']);
          restore_current_blog();
          update_option('blogname', 'Network');`,
        ),
      );
      expect(main.map(({ url, body }) => [url, body.changes])).toEqual([['/api/revalidate', SITE]]);
      const other = await receiver.during(async () => {
        await (await fetch(`${network.url}/two/wp-cron.php?doing_wp_cron`)).text();
      });
      expect(urls(other)).toEqual(['/two/api/revalidate']);
      expect(other[0]?.body.changes).toMatchObject([{ slug: 'from-one', status: 'publish' }]);

      // One wp-config.php is about one of them.
      const constant = `define('EVERGREEN_URL', 'http://main.invalid');`;
      const url = `echo evergreen_settings()['url'];`;
      expect(await network.php(url, constant)).toBe('http://main.invalid');
      expect(await network.php(url, constant + two)).toBe(`${receiver.url}/two`);

      await network.php(
        `require_once ABSPATH . 'wp-admin/includes/plugin.php';
        evergreen_keep(['site' => ['kind' => 'site']]);
        wp_schedule_single_event(time() + 900, 'evergreen_retry');
        deactivate_plugins('evergreen/evergreen.php');
        uninstall_plugin('evergreen/evergreen.php');`,
      );
      expect(await network.php(left)).toBe('0false');
      expect(await network.php(left, two)).toBe('0false');
      expect(await network.complaints()).toEqual([]);
    } finally {
      await network.close();
    }
  });

  describe('with a real site', () => {
    let site: Site;

    beforeAll(async () => {
      site = await startSite({ 'hello-world': 'Old text.' });
      await wordpress.activate({ url: site.url, secret: SECRET });
    });

    afterAll(async () => {
      await site?.close();
      await wordpress.activate({ url: receiver.url, secret: SECRET });
    });

    it('has every page fresh when WordPress has answered', async () => {
      expect((await site.visit('/blog/hello-world')).text).toContain('Old text.');
      await site.write('hello-world', 'New text.');
      await wordpress.rest('POST', '/wp/v2/posts/1', { content: 'New text.' });
      const [entry] = (await option('evergreen_log')) as { state: string; pages: object[] }[];
      expect(entry?.state).toBe('fresh');
      expect(entry?.pages).toContainEqual({ path: '/blog/hello-world', result: 'regenerated' });
      expect((await site.visit('/blog/hello-world')).text).toContain('New text.');
    });

    it('tells what is wrong with the connection, and purges everything', async () => {
      const test = async (url: string, secret: string): Promise<unknown> => {
        await wordpress.activate({ url, secret });
        return JSON.parse(await wordpress.php('echo json_encode(evergreen_test_connection());'));
      };
      expect(await test(site.url, 'a-wrong-secret')).toMatchObject({
        ok: false,
        message: expect.stringContaining('(401)'),
      });
      expect(await test(`${site.url}/blog`, SECRET)).toMatchObject({
        ok: false,
        message: expect.stringContaining('(404)'),
      });
      // This site shows a folder of posts.
      expect(await test(site.url, SECRET)).toMatchObject({
        ok: false,
        message: expect.stringContaining('has to be fixed'),
        findings: [{ state: 'fault', message: expect.stringContaining('set WORDPRESS_URL=') }],
      });
      const outcome: unknown = JSON.parse(
        await wordpress.php(`echo json_encode(evergreen_request(['path' => '/*'], 20));`),
      );
      expect(outcome).toMatchObject({
        state: 'fresh',
        pages: expect.arrayContaining([{ path: '/blog/hello-world', result: 'regenerated' }]),
      });
    });

    it('heals when the site was down', async () => {
      await site.stop();
      await site.write('hello-world', 'Newer text.');
      await wordpress.rest('POST', '/wp/v2/posts/1', { content: 'Newer text.' });
      expect(await pending()).toBe(1);
      await site.start();
      await retry();
      expect(await pending()).toBe(0);
      expect((await site.visit('/blog/hello-world')).text).toContain('Newer text.');
    });
  });

  it('has the site forget a post that went before it was told that it came', async () => {
    const site = await startSite({}, { WORDPRESS_URL: wordpress.url });
    try {
      await wordpress.activate({ url: site.url, secret: SECRET });
      await site.visit('/');
      await site.stop();
      const { id, slug } = await publish('Short-lived');
      await wordpress.php(`global $wpdb; $wpdb->delete($wpdb->posts, ['ID' => ${id}]);`);
      await site.start();
      await retry();
      expect(await pending()).toBe(0);
      expect((await site.visit(`/blog/${slug}`)).status).toBe(404);
    } finally {
      await site.close();
      await wordpress.activate({ url: receiver.url, secret: SECRET });
    }
  });

  it('leaves nothing behind when it is deleted', async () => {
    receiver.reply = () => ({ status: 500, body: {} });
    await publish('Left over');
    await wordpress.php(
      `require_once ABSPATH . 'wp-admin/includes/plugin.php';
      deactivate_plugins('evergreen/evergreen.php');
      uninstall_plugin('evergreen/evergreen.php');`,
    );
    const left = await wordpress.php(
      `global $wpdb;
      echo $wpdb->get_var("SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE '%evergreen%'");
      var_export(wp_next_scheduled('evergreen_retry'));`,
    );
    expect(left).toBe('0false');
  });
});
