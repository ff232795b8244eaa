import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadWordPress, type LoadedWordPress } from '../../lib/source/wordpress/wordpress';
import type { Hint } from '../../lib/source/changes';
import { startSite, until, type Site } from '../setup/site';
import {
  describeWithWordPress,
  startWordPress,
  type RestAnswer,
  type WordPress,
} from '../setup/wordpress';

const HOUR_MS = 3_600_000;

describeWithWordPress('a real WordPress as the source', () => {
  let wordpress: WordPress;

  afterEach(async () => {
    await wordpress.close();
  });

  const load = (previous?: LoadedWordPress, hint?: Hint) =>
    loadWordPress(wordpress.url, previous, hint, { compareAfterMs: HOUR_MS });

  /** What is asked of WordPress while something is done. */
  async function requestsOf(work: () => Promise<unknown>): Promise<string[]> {
    const before = (await wordpress.log()).length;
    await work();
    return (await wordpress.log()).slice(before).map(decodeURIComponent);
  }

  const bySlug = ({ posts }: LoadedWordPress, slug: string, page = false) =>
    posts.find((post) => post.slug === slug && post.page === page);

  /** Makes a category or a tag; answers its id. */
  const makeTerm = async (kind: string, name: string, parent?: number) =>
    (await wordpress.rest('POST', `/wp/v2/${kind}`, { name, parent })).id;

  const publish = (fields: object, kind = 'posts') =>
    wordpress.rest('POST', `/wp/v2/${kind}`, { title: 'New', status: 'publish', ...fields });

  test.each(['pretty', 'plain'] as const)(
    'reads all that is published, with %s permalinks',
    async (permalinks) => {
      wordpress = await startWordPress({ permalinks });
      const above = await makeTerm('categories', 'Above & beyond');
      const below = await makeTerm('categories', 'Below', above);
      const tag = await makeTerm('tags', 'çay');
      const first = await publish({
        title: 'Caf&eacute; <em>&amp;</em> more',
        excerpt: 'Short &amp; good',
      });
      await publish({
        title: 'Second',
        categories: [below],
        tags: [tag],
        content: `<p><a href="${first.link}#part">First</a></p>`,
      });
      await publish({ slug: 'about', title: 'About us' }, 'pages');
      await publish({ slug: 'about', title: 'About a post' });
      await publish({ slug: 'secret', title: 'Secret', password: 'x' });
      await publish({ slug: 'private', title: 'Private', status: 'private' });
      await publish({ slug: 'draft', title: 'Draft', status: 'draft' });
      await publish({
        slug: 'later',
        title: 'Later',
        status: 'future',
        date: '2999-01-01T00:00:00',
      });
      await publish({ title: '', content: '<p>It begins like this.</p>' });
      await publish({ title: '日本語', slug: '日本語' });
      await publish({ title: 'İstanbul Çayı' });

      const loaded = await load();
      expect(loaded.problems).toEqual([]);
      expect(bySlug(loaded, String(first.slug))).toMatchObject({
        title: 'Café & more',
        summary: 'Short & good',
        author: 'admin',
        category: 'Uncategorized',
        date: expect.stringMatching(/^20.*Z$/),
      });
      const second = bySlug(loaded, 'second');
      expect(second).toMatchObject({
        category: ['Below', 'above-beyond/below'],
        alsoIn: [['Above & beyond', 'above-beyond']],
        tags: [['çay', 'cay']],
      });
      expect(Object.values(second?.html?.links ?? {})).toEqual([`/blog/${first.slug}`]);
      expect(bySlug(loaded, 'about', true)).toMatchObject({ title: 'About us' });
      expect(bySlug(loaded, 'about')).toMatchObject({ title: 'About a post' });
      expect(loaded.posts.map(({ title }) => title)).toEqual(
        expect.arrayContaining(['It begins like this.', '日本語', 'İstanbul Çayı']),
      );
      expect(bySlug(loaded, '日本語')).toBeDefined();
      expect(loaded.posts.some(({ title }) => /Secret|Private|Draft|Later/.test(title))).toBe(
        false,
      );
      expect((await load(loaded)).posts).toBe(loaded.posts);
    },
  );

  const sorted = ({ posts }: LoadedWordPress) =>
    posts.toSorted((a, b) => (a.file < b.file ? -1 : 1));

  test('a hinted post costs three requests at most, one for its comments, and one for new tags', async () => {
    wordpress = await startWordPress();
    const other = await publish({ title: 'Other' });
    const post = await publish({
      title: 'First',
      content: `<a href="${other.link}">Other</a>`,
    });
    const page = await publish({ title: 'A page' }, 'pages');
    let loaded = await load();

    const image = async () => {
      const code = `
        $id = wp_insert_attachment(['post_title' => 'Tree', 'post_mime_type' => 'image/png', 'post_status' => 'inherit'], 'tree.png');
        update_post_meta($id, '_wp_attachment_image_alt', 'A tree');
        wp_update_attachment_metadata($id, ['width' => 30, 'height' => 20, 'file' => 'tree.png']);
        echo $id;`;
      return Number(await wordpress.php(code));
    };
    const edit = (fields: object) => () =>
      wordpress.rest('POST', `/wp/v2/posts/${post.id}`, fields);
    const edits: [string, () => Promise<unknown>, Hint][] = [
      ['a title', edit({ title: 'Edited' }), [{ kind: 'post', id: post.id, page: false }]],
      ['without a type', edit({ title: 'Again' }), [{ kind: 'post', id: post.id }]],
      ['by its slug', edit({ title: 'By slug' }), [{ kind: 'slug', slug: 'first' }]],
      ['a slug', edit({ slug: 'moved' }), [{ kind: 'post', id: post.id, page: false }]],
      [
        'terms that are new',
        async () =>
          edit({
            categories: [await makeTerm('categories', 'New', await makeTerm('categories', 'Top'))],
            tags: [await makeTerm('tags', 'Fresh')],
          })(),
        [{ kind: 'post', id: post.id, page: false }],
      ],
      [
        'a picture',
        async () => edit({ featured_media: await image() })(),
        [{ kind: 'post', id: post.id, page: false }],
      ],
      [
        'a page',
        () => wordpress.rest('POST', `/wp/v2/pages/${page.id}`, { content: 'Text of the page' }),
        [{ kind: 'post', id: page.id, page: true }],
      ],
      [
        'a slug that another links to',
        () => wordpress.rest('POST', `/wp/v2/posts/${other.id}`, { slug: 'elsewhere' }),
        [{ kind: 'post', id: other.id }],
      ],
      [
        'a password',
        () => wordpress.rest('POST', `/wp/v2/posts/${other.id}`, { password: 'x' }),
        [{ kind: 'post', id: other.id, page: false }],
      ],
      [
        'the trash',
        () => wordpress.rest('DELETE', `/wp/v2/posts/${post.id}`),
        [{ kind: 'post', id: post.id, page: false, gone: true }],
      ],
    ];
    for (const [what, work, hint] of edits) {
      await work();
      const before = loaded;
      const requests = await requestsOf(async () => {
        loaded = await load(before, hint);
      });
      // Our plugin would send the comments along, and tell of the tags.
      const others = requests.filter((request) => !/\/wp\/v2\/(?:comments|tags)&/.test(request));
      expect(requests.length).toBeLessThanOrEqual(others.length + 2);
      expect({ what, least: requests.length > 0, most: others.length <= 3, requests }).toEqual({
        what,
        least: true,
        most: true,
        requests,
      });
      expect(loaded.problems).toEqual([]);
      expect({ what, posts: sorted(loaded) }).toEqual({ what, posts: sorted(await load()) });
      if (what === 'a picture') {
        expect(bySlug(loaded, 'moved')?.image).toEqual({
          src: `${wordpress.url}/wp-content/uploads/tree.png`,
          alt: 'A tree',
          width: 30,
          height: 20,
        });
        expect(bySlug(loaded, 'moved')).toMatchObject({
          category: ['New', 'top/new'],
          alsoIn: ['Top'],
        });
      }
    }
    expect(await requestsOf(() => load(loaded, []))).toEqual([]);
    expect(await requestsOf(() => load(loaded, [{ kind: 'site' }]))).toEqual([
      expect.stringContaining('/?rest_route=/&_fields=name,'),
    ]);
  });

  test('terms and authors that change or go are seen, with or without a hint', async () => {
    wordpress = await startWordPress();
    const category = await makeTerm('categories', 'Old name');
    await publish({ title: 'In it', categories: [category] });
    let loaded = await load();
    await wordpress.rest('POST', `/wp/v2/categories/${category}`, { name: 'New name' });
    await wordpress.php(`wp_update_user(['ID' => 1, 'display_name' => 'Ada Lovelace']);`);
    const term = { kind: 'term', taxonomy: 'category', id: category } as const;
    const before = loaded;
    const requests = await requestsOf(async () => {
      loaded = await load(before, [term, { kind: 'author', id: 1 }]);
    });
    expect(requests).toHaveLength(2);
    expect(bySlug(loaded, 'in-it')).toMatchObject({
      category: ['New name', 'old-name'],
      author: 'Ada Lovelace',
    });
    expect(sorted(await load(before))).toEqual(sorted(loaded));

    // The post is in another category now, and its date is what it was.
    await wordpress.rest('DELETE', `/wp/v2/categories/${category}?force=true`);
    expect(bySlug(await load(loaded, [term]), 'in-it')?.category).toBe('Uncategorized');
    expect(bySlug(await load(loaded), 'in-it')?.category).toBe('Uncategorized');
  });

  test('a picture that a sender calls a post is seen', async () => {
    wordpress = await startWordPress();
    const ids = await wordpress.php(`
      $image = wp_insert_attachment(['post_title' => 'Tree', 'post_mime_type' => 'image/png', 'post_status' => 'inherit'], 'tree.png');
      $post = wp_insert_post(['post_title' => 'With a tree', 'post_status' => 'publish']);
      set_post_thumbnail($post, $image);
      echo $image;`);
    const image = Number(ids);
    let loaded = await load();
    expect(bySlug(loaded, 'with-a-tree')).toMatchObject({ image: { alt: '' } });

    await wordpress.rest('POST', `/wp/v2/media/${image}`, { alt_text: 'A tree' });
    const requests = await requestsOf(async () => {
      loaded = await load(loaded, [{ kind: 'post', id: image }]);
    });
    expect(requests).toHaveLength(1);
    expect(bySlug(loaded, 'with-a-tree')?.image?.alt).toBe('A tree');
  });

  test('what an edit changes of things that it does not name is seen', async () => {
    wordpress = await startWordPress();
    const top = await makeTerm('categories', 'Top');
    const middle = await makeTerm('categories', 'Middle', top);
    const bottom = await makeTerm('categories', 'Bottom', middle);
    const above = await publish({ slug: 'above' }, 'pages');
    const below = await publish({ slug: 'below', parent: above.id }, 'pages');
    const { id: bob } = await wordpress.rest('POST', '/wp/v2/users', {
      username: 'bob',
      email: 'bob@example.com',
      password: 'x',
      roles: ['author'],
    });
    const { link } = await wordpress.rest('GET', `/wp/v2/categories/${bottom}`);
    const content = `<a href="${link}">Bottom</a> <a href="${below.link}">Below</a>`;
    const tags = [await makeTerm('tags', 'a'), await makeTerm('tags', 'b')];
    const both = [bottom, await makeTerm('categories', 'Beside')];
    const post = await publish({ slug: 'links', content, categories: [bottom], author: bob });
    await publish({ slug: 'both', categories: both, tags });
    let loaded = await load();
    expect(bySlug(loaded, 'links')).toMatchObject({
      author: 'bob',
      category: ['Bottom', 'top/middle/bottom'],
      alsoIn: [['Middle', 'top/middle'], 'Top'],
    });
    expect(bySlug(loaded, 'both')).toMatchObject({ category: 'Beside', tags: ['a', 'b'] });

    const term = (id: number) => ({ kind: 'term', taxonomy: 'category', id }) as const;
    const page = { kind: 'post', id: above.id, page: true } as const;
    const edits: [string, () => Promise<unknown>, Hint][] = [
      [
        'a name by which WordPress puts tags into order',
        () => wordpress.rest('POST', `/wp/v2/tags/${tags[0]}`, { name: 'c' }),
        [{ kind: 'term', taxonomy: 'post_tag', id: Number(tags[0]) }],
      ],
      [
        'a name by which it chooses the first of the categories',
        () => wordpress.rest('POST', `/wp/v2/categories/${bottom}`, { name: 'A' }),
        [term(bottom)],
      ],
      [
        'a slug above a category',
        () => wordpress.rest('POST', `/wp/v2/categories/${top}`, { slug: 'summit' }),
        [term(top)],
      ],
      [
        'a category that is gone from between two others',
        () => wordpress.rest('DELETE', `/wp/v2/categories/${middle}?force=true`),
        [term(middle)],
      ],
      [
        'a slug above a page',
        () => wordpress.rest('POST', `/wp/v2/pages/${above.id}`, { slug: 'over' }),
        [page],
      ],
      [
        'a page that is gone from above another',
        () => wordpress.rest('DELETE', `/wp/v2/pages/${above.id}?force=true`),
        [{ ...page, gone: true }],
      ],
      [
        'an author whose posts are those of another now',
        () => wordpress.rest('DELETE', `/wp/v2/users/${bob}?force=true&reassign=1`),
        [{ kind: 'author', id: bob }],
      ],
      [
        'all permalinks',
        () => wordpress.php(`$GLOBALS['wp_rewrite']->set_permalink_structure('/%postname%/');`),
        [{ kind: 'addresses' }],
      ],
    ];
    for (const [what, work, hint] of edits) {
      await until(() => Date.now() > Date.parse(`${post.modified_gmt}Z`) + 3000);
      await work();
      loaded = await load(loaded, hint);
      expect({ what, posts: sorted(loaded) }).toEqual({ what, posts: sorted(await load()) });
    }
  });

  test('comments are read without our plugin, and found when all is compared', async () => {
    wordpress = await startWordPress();
    const post = await publish({ title: 'Discussed', content: '<p>Text</p>' });
    const page = await publish({ title: 'A page' }, 'pages');
    await publish({ title: 'Closed', comment_status: 'closed' });
    await wordpress.php(`
      for ($n = 1; $n <= 120; $n++) {
        $comment = ['comment_post_ID' => ${post.id}, 'comment_content' => "Comment $n", 'comment_approved' => 1,
          'comment_author' => "Reader $n", 'comment_author_email' => 'secret@example.com',
          'comment_author_IP' => '192.0.2.7', 'comment_date' => sprintf('2026-01-01 10:%02d:%02d', $n / 60, $n % 60)];
        if ($n > 118) $comment['comment_approved'] = $n === 119 ? 0 : 'spam';
        $comment['comment_date_gmt'] = $comment['comment_date'];
        $id = wp_insert_comment($comment);
      }
      wp_insert_comment(['comment_post_ID' => ${page.id}, 'comment_content' => 'Of the page', 'comment_approved' => 1]);`);
    let loaded = await load();
    const texts = (slug: string, page = false) =>
      bySlug(loaded, slug, page)?.discussion?.comments.map(({ html }) => html) ?? [];
    expect(texts('discussed')).toHaveLength(118);
    expect(texts('discussed')[0]).toBe('<p>Comment 1</p>');
    expect(texts('a-page', true)).toEqual(['<p>Of the page</p>']);
    expect(JSON.stringify(loaded.posts)).not.toMatch(/secret@|192\.0/);
    const writeAt = (slug: string) => bySlug(loaded, slug)?.discussion?.writeAt;
    expect(writeAt('discussed')).toBe(`${post.link}#respond`);
    expect(bySlug(loaded, 'closed')?.discussion).toBeUndefined();

    const approve = `wp_set_comment_status(get_comments(['status' => 'hold'])[0]->comment_ID, 'approve');`;
    await wordpress.php(approve);
    const hinted = await load(loaded, [{ kind: 'post', id: post.id }]);
    expect(bySlug(hinted, 'discussed')?.discussion?.comments).toHaveLength(119);
    // What nobody tells is found when all is compared.
    loaded = await load(loaded);
    expect(texts('discussed')).toHaveLength(119);

    const shut = `<?php add_filter( 'rest_endpoints', fn( $all ) => array_filter( $all,
      fn( $route ) => 0 !== strpos( $route, '/wp/v2/comments' ), ARRAY_FILTER_USE_KEY ) );`;
    await writeFile(path.join(wordpress.dir, 'www/wp-content/mu-plugins/shut.php'), shut);
    loaded = await load(loaded);
    expect(texts('discussed')).toEqual([]);
    expect(loaded.problems).toEqual([]);
  });

  test('a change whose webhook was lost is found with the next one', async () => {
    wordpress = await startWordPress();
    const [a, b, c] = [
      await publish({ title: 'A' }),
      await publish({ title: 'B' }),
      await publish({ title: 'C' }),
    ];
    let loaded = await load();
    const title = (id: number, text: string) =>
      wordpress.rest('POST', `/wp/v2/posts/${id}`, { title: text });
    await wordpress.rest('DELETE', `/wp/v2/posts/${b.id}`);
    await title(a.id, 'A edited');
    loaded = await load(loaded, [{ kind: 'post', id: a.id, page: false }]);
    expect(sorted(loaded)).toEqual(sorted(await load()));

    await until(() => Date.now() > Date.parse(`${a.modified_gmt}Z`) + 2000);
    await title(c.id, 'C edited');
    await title(a.id, 'A again');
    loaded = await load(loaded, [{ kind: 'post', id: a.id, page: false }]);
    expect(sorted(loaded)).toEqual(sorted(await load()));
    expect(bySlug(loaded, 'c')?.title).toBe('C edited');
  });

  test('a second edit within the same second is found with the next webhook, if its own was lost', async () => {
    wordpress = await startWordPress();
    const [a, b] = [await publish({ title: 'A' }), await publish({ title: 'B' })];
    const set = (field: string, value: string) =>
      wordpress.php(`$wpdb->update($wpdb->posts, ['${field}' => ${value}], ['ID' => ${a.id}]);`);
    // Its second is not over, however long this takes.
    await set('post_modified_gmt', `gmdate('Y-m-d H:i:s', time() + 60)`);
    let loaded = await load();
    await set('post_title', `'A again'`);
    loaded = await load(loaded, [{ kind: 'post', id: b.id, page: false }]);
    expect(bySlug(loaded, 'a')?.title).toBe('A again');
  });

  test('a version that WordPress does not show is waited for, and then told of', async () => {
    wordpress = await startWordPress();
    const { id } = await publish({ title: 'Slow' });
    const first = await load();
    const change = { kind: 'post', id, page: false } as const;
    const hint: Hint = [{ ...change, modified: new Date(Date.now() + 60_000).toISOString() }];
    const options = { compareAfterMs: HOUR_MS, waitsMs: [10, 10] };
    const late = await loadWordPress(wordpress.url, first, hint, options);
    expect(late.problems).toMatchObject([
      {
        slug: 'slow',
        message: expect.stringMatching(/WordPress shows that of .*, not the version/),
      },
    ]);
    expect(late.posts).toBe(first.posts);
    expect(late.dueAtMs).toBeLessThan(first.dueAtMs);
    const gone = await loadWordPress(wordpress.url, late, [{ ...change, gone: true }], options);
    expect(gone.problems).toMatchObject([{ message: expect.stringMatching(/still shows it/) }]);

    // It comes while the load waits.
    const { modified_gmt } = await wordpress.rest('GET', `/wp/v2/posts/${id}`);
    await until(() => Date.now() > Date.parse(`${modified_gmt}Z`) + 1000);
    const modified = new Date(Date.parse(`${modified_gmt}Z`) + 1000).toISOString();
    const waiting = load(gone, [{ ...change, modified }]);
    await wordpress.rest('POST', `/wp/v2/posts/${id}`, { title: 'Here' });
    const loaded = await waiting;
    expect(loaded.problems).toEqual([]);
    expect(bySlug(loaded, 'slow')?.title).toBe('Here');
  });

  test('hundreds of posts are read in pages, once', async () => {
    wordpress = await startWordPress();
    await wordpress.php(`
      for ($n = 1; $n <= 230; $n++) wp_insert_post(['post_title' => "Post $n",
        'post_content' => "Text $n", 'post_status' => 'publish']);`);
    let loaded = await load();
    expect(loaded.posts.filter(({ title }) => /^Post \d+$/.test(title))).toHaveLength(230);
    // What was written just now is read once more, since its date may hide a second edit.
    loaded = await load(loaded);
    await until(async () =>
      (
        await requestsOf(async () => {
          loaded = await load(loaded);
        })
      ).every((request) => !request.includes('include=')),
    );
    expect(loaded.posts).toHaveLength(232);
    const requests = await requestsOf(() => load(loaded));
    // Posts; pages, categories, tags, authors; the site, and comments.
    expect(requests).toHaveLength(3 + 4 + 2);
    const gone = `$post = get_page_by_path('post-7', OBJECT, 'post'); wp_delete_post($post->ID, true);`;
    await wordpress.php(gone);
    expect((await load(loaded)).posts).toHaveLength(231);
  });

  describe('under a site', () => {
    let site: Site;
    let other: Site | undefined;

    afterEach(async () => {
      await site.close();
      await other?.close();
      other = undefined;
    });

    const open = (env: Record<string, string> = {}) =>
      startSite({}, { WORDPRESS_URL: wordpress.url, ...env });

    const told = ({ id, slug, modified_gmt }: RestAnswer, status = 'publish') => ({
      source: 'wordpress',
      changes: [{ kind: 'post', type: 'post', id, slug, modified: modified_gmt, status }],
    });

    test('an edit is fresh when its webhook is answered, at the cost of four requests', async () => {
      wordpress = await startWordPress();
      const post = await publish({
        title: 'Hello &amp; welcome',
        content: '<h2>Part</h2><p onclick="x()">Old text.</p><script>alert(1)</script>',
      });
      site = await open();
      const path = `/blog/${post.slug}`;
      const before = await site.visit(path);
      expect(before.status).toBe(200);
      expect(before.text).toContain('<h1>Hello &amp; welcome</h1>');
      expect(before.text).toContain('id="part"');
      expect(before.text).not.toMatch(/onclick|alert\(1\)/);
      expect((await site.visit('/sample-page')).text).toContain('Sample Page');
      await site.visit('/');

      const edited = await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, {
        title: 'Goodbye',
        content: '<p>New text.</p>',
      });
      let answer;
      const requests = await requestsOf(async () => {
        answer = await site.call(told(edited));
      });
      expect(answer).toMatchObject({ status: 200, report: { revalidated: true } });
      expect(requests.length).toBeLessThanOrEqual(4);
      expect((await site.visit(path)).text).toContain('New text.');
      expect((await site.visit('/')).text).toContain('Goodbye');

      // A permalink of WordPress, as its plugins send it.
      await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, { content: '<p>Newer text.</p>' });
      const permalink = new URL(post.link).pathname;
      const classic = await requestsOf(async () => {
        expect(await site.purge(permalink)).toMatchObject({ status: 200 });
      });
      expect(classic.length).toBeLessThanOrEqual(4);
      expect((await site.visit(path)).text).toContain('Newer text.');

      const trashed = await wordpress.rest('DELETE', `/wp/v2/posts/${post.id}`);
      expect(await site.call(told(trashed, 'gone'))).toMatchObject({ status: 200 });
      expect((await site.visit(path)).status).toBe(404);
      expect((await site.visit('/')).text).not.toContain('Goodbye');

      const late = { ...told(edited) };
      expect(await site.call(late)).toMatchObject({
        status: 500,
        report: { revalidated: false, message: expect.stringContaining('WordPress shows nothing') },
      });
      // Only WordPress knows whether it had that slug once.
      const asked = await requestsOf(() => site.visit('/blog/unknown'));
      expect(asked[0]).toBe('HEAD /?name=unknown');
      expect(asked[1]).toContain('/wp/v2/media&slug=unknown&');
      expect(asked).toHaveLength(2);
      expect(await requestsOf(() => site.visit('/blog/unknown'))).toEqual([]);
    });

    test('webhooks that come at once share loads, and each finds its edit', async () => {
      wordpress = await startWordPress();
      const posts = [];
      for (let n = 0; n < 6; n += 1) posts.push(await publish({ title: `Post ${n}` }));
      site = await open();
      for (const { slug } of posts) await site.visit(`/blog/${slug}`);
      const edited: RestAnswer[] = [];
      const answers = posts.map(async ({ id }) => {
        const answer = await wordpress.rest('POST', `/wp/v2/posts/${id}`, {
          title: `Edited ${id}`,
        });
        edited.push(answer);
        return site.call(told(answer));
      });
      for (const answer of await Promise.all(answers))
        expect(answer).toMatchObject({ status: 200 });
      for (const { id, slug } of edited) {
        expect((await site.visit(`/blog/${slug}`)).text).toContain(`Edited ${id}`);
      }
      const home = (await site.visit('/')).text;
      for (const { id } of edited) expect(home).toContain(`Edited ${id}`);
    });

    test('a WordPress that is down changes nothing, and is a 500 with the cause', async () => {
      wordpress = await startWordPress();
      const post = await publish({ title: 'Stays', content: '<p>First text.</p>' });
      const unseen = await publish({ title: 'Unseen' });
      site = await open({ REVALIDATE_SECONDS: '1' });
      const path = `/blog/${post.slug}`;
      await site.visit(path);
      await wordpress.stop();
      expect(await site.call(told(post))).toMatchObject({
        status: 500,
        report: {
          message: expect.stringMatching(/^WordPress at .* cannot be read: .*ECONNREFUSED/),
        },
      });
      expect(await site.purge(path)).toEqual({ status: 500, body: 'Error revalidating' });
      expect((await site.visit(path)).text).toContain('First text.');
      // The server knows it still, though it never rendered it.
      expect((await site.visit(`/blog/${unseen.slug}`)).status).toBe(200);

      await site.stop();
      await site.start();
      const stored = await site.visit(path);
      expect(stored.status).toBe(200);
      expect(stored.text).toContain('First text.');
      expect((await site.visit('/blog/hello-world')).status).toBe(500);
      expect(await site.call(told(post))).toMatchObject({ status: 500 });

      await wordpress.start();
      const edited = await wordpress.rest('POST', `/wp/v2/posts/${post.id}`, {
        content: '<p>Second text.</p>',
      });
      await until(async () => (await site.call(told(edited))).status === 200);
      expect((await site.visit(path)).text).toContain('Second text.');
      expect((await site.visit('/blog/hello-world')).status).toBe(200);
    });

    test('posts of a folder stand beside; of a slug in both the file is shown, with a warning', async () => {
      wordpress = await startWordPress();
      const post = await publish({ title: 'Shared' });
      site = await open();
      await site.stop();
      await site.write('mine', 'From a file.');
      await site.start({ POSTS_DIR: site.postsDir });
      expect((await site.visit('/blog/mine')).text).toContain('From a file.');
      expect((await site.visit('/blog/shared')).text).toContain('Shared');
      await site.write('shared', 'From a file, too.');
      const { status, report } = await site.call({ changed: true });
      expect(status).toBe(200);
      expect(report.warnings).toEqual([expect.stringContaining(`WordPress post ${post.id}`)]);
      expect(report.warnings?.[0]).toContain('posts/shared.mdx');
      expect((await site.visit('/blog/shared')).text).toContain('From a file, too.');
    });
  });
});
