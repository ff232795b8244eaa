/** Small blogs of other makes, as they lie on a disk, for tests of the import. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A blog: its files by their names. */
export type Blog = Readonly<Record<string, string | Buffer>>;

const text = (...lines: string[]) => `${lines.join('\n')}\n`;

export const JEKYLL: Blog = {
  '_config.yml': 'title: A blog\npermalink: /:categories/:year/:month/:day/:title.html\n',
  '_posts/2020-01-05-first-walk.md': text(
    '---',
    'title: First walk # kept',
    'categories: outdoors',
    'weather: [ sun,wind ]   # as it is',
    'cover: /assets/hill.png',
    '---',
    '![A hill]({{ site.baseurl }}/assets/hill.png "Up") and ![gone](/assets/gone.png)',
    '',
    '{% highlight ruby linenos %}',
    'puts "hi"',
    '{% endhighlight %}',
    '',
    'See [the other]({% post_url 2021-2-3-Second_walk %}).',
  ),
  '_posts/2021-2-3-Second_walk.markdown': text('---', 'title: Second', '---', 'Text.'),
  '_drafts/later.md': text('---', 'title: Later', '---', 'Not yet.'),
  'about.md': text('---', 'title: About', 'layout: page', 'permalink: /about/', '---', 'Me.'),
  'README.md': 'No post.\n',
  '_posts/2020-01-06-bare.md': 'Without front matter.\n',
  'assets/hill.png': PNG,
};

export const HUGO: Blog = {
  'hugo.toml': 'title = "A blog"\n[permalinks]\nposts = "/:year/:month/:slug/"\n',
  'content/_index.md': text('---', 'title: Home', '---'),
  'content/posts/sea/index.md': text(
    '+++',
    'title = "The sea"',
    'date = 2020-06-07T08:00:00Z',
    'tags = ["water"]',
    '+++',
    '![Waves](waves.png)',
  ),
  'content/posts/sea/waves.png': PNG,
  'content/notes/shore.md': text(
    '---',
    'title: Shore',
    'date: 2020-06-08',
    'url: /by-the-shore/',
    '---',
    'Text.',
  ),
};

export const ASTRO: Blog = {
  'astro.config.mjs': 'export default {};\n',
  'src/content/blog/hello.mdx': text('---', 'title: Hello', 'pubDate: 2024-01-02', '---', 'Hi.'),
};

export const ELEVENTY: Blog = {
  'eleventy.config.js': 'module.exports = {};\n',
  'src/posts/2022-03-04-lake.md': text('---', 'title: Lake', '---', '{% raw %}{{ x }}{% endraw %}'),
};

export const GHOST: Blog = {
  'ghost.json': JSON.stringify({
    db: [
      {
        data: {
          posts: [
            {
              id: '1',
              slug: 'welcome',
              title: 'Welcome: all',
              html: '<p>Hello <img src="__GHOST_URL__/content/images/a.png"></p>\n<pre><code>a\n\n  b</code></pre>',
              status: 'published',
              type: 'post',
              visibility: 'public',
              published_at: '2023-05-06T07:08:09.000Z',
            },
            { id: '2', slug: 'paid', title: 'Paid', html: '<p>x</p>', visibility: 'paid' },
          ],
          tags: [
            { id: 't', name: 'News' },
            { id: 'u', name: '#hidden' },
          ],
          posts_tags: [
            { post_id: '1', tag_id: 't' },
            { post_id: '1', tag_id: 'u' },
          ],
        },
      },
    ],
  }),
  'content/images/a.png': PNG,
};

const item = (fields: Record<string, string>, more = '') =>
  `<item>${Object.entries(fields)
    .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    .join('')}${more}</item>`;

export const WXR: Blog = {
  'wordpress.xml': `<?xml version="1.0"?>
<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="c" xmlns:dc="d" xmlns:excerpt="e"><channel>
${item(
  {
    title: 'Bread & butter',
    link: 'https://old.example/2019/08/bread/',
    'dc:creator': 'ada',
    'content:encoded': '<!-- wp:paragraph --><p>Flour <img src="/uploads/b.png" /></p>',
    'wp:post_name': 'bread',
    'wp:post_date_gmt': '2019-08-09 10:00:00',
    'wp:status': 'publish',
    'wp:post_type': 'post',
  },
  '<category domain="category" nicename="food">Food</category><category domain="post_tag" nicename="rye">Rye</category>',
)}
${item({ title: 'Secret', 'wp:status': 'publish', 'wp:post_type': 'post', 'wp:post_password': 'x' })}
${item({ title: 'b.png', 'wp:status': 'inherit', 'wp:post_type': 'attachment' })}
</channel></rss>`,
  'uploads/b.png': PNG,
};

/** Writes a blog to a folder. */
export function writeBlog(folder: string, blog: Blog): void {
  for (const [name, content] of Object.entries(blog)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
