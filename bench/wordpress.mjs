/** A real WordPress full of posts, which the bench edits as an editor does: that of the tests. */
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createJiti } from 'jiti';
import { CATEGORIES, postHtml, seeded, slugOf, tagsFrom } from './posts.mjs';
import { SECRET } from './sites.mjs';

/** Loads TypeScript of the tests. */
const jiti = createJiti(import.meta.url);
/** @type {typeof import('../__tests__/setup/wordpress')} */
const { isInstalled, startWordPress } = await jiti.import('../__tests__/setup/wordpress.ts');
/** @type {typeof import('../__tests__/setup/build-site')} */
const { TEST_DIR } = await jiti.import('../__tests__/setup/build-site.ts');
process.on('exit', () => rmSync(TEST_DIR, { recursive: true, force: true, maxRetries: 5 }));

export { isInstalled };

/**
 * @typedef {Awaited<ReturnType<typeof startWordPress>> & { count: number, ids: number[] }} FullWordPress
 *   With the ids of its posts, by their index.
 */

/**
 * Has a WordPress with `count` posts for as long as `work` goes on.
 * @template T
 * @param {number} count
 * @param {(wordpress: FullWordPress) => Promise<T>} work
 */
export async function withWordPress(count, work) {
  const wordpress = await startWordPress();
  try {
    const file = path.join(wordpress.dir, 'posts.json');
    await writeFile(file, JSON.stringify(Array.from({ length: count }, (_, index) => made(index))));
    /** @type {number[]} */
    const ids = JSON.parse(await wordpress.php(`$file = '${file}'; ${INSERT}`));
    return await work({ ...wordpress, count, ids });
  } finally {
    await wordpress.close();
  }
}

/**
 * The title of a post after so many edits.
 * @param {number} index
 * @param {number | string} edit
 */
export const titleOf = (index, edit) => `Post number ${index}, edit ${edit}`;

/** @param {number} index */
function made(index) {
  const { one } = seeded(index + 1);
  return {
    title: titleOf(index, 0),
    slug: slugOf(index),
    content: postHtml(index),
    category: one(CATEGORIES),
    tags: tagsFrom(one),
  };
}

/** In one transaction, and terms counted at the end: in seconds, not minutes. */
const INSERT = `
global $wpdb;
require_once ABSPATH . 'wp-admin/includes/taxonomy.php';
wp_defer_term_counting(true);
$wpdb->query('START TRANSACTION');
$categories = [];
$ids = [];
foreach (json_decode(file_get_contents($file), true) as $index => $post) {
  $categories[$post['category']] ??= wp_create_category($post['category']);
  $date = gmdate('Y-m-d H:i:s', strtotime('2005-01-01') + $index * HOUR_IN_SECONDS);
  $ids[] = wp_insert_post([
    'post_title' => $post['title'],
    'post_name' => $post['slug'],
    'post_content' => $post['content'],
    'post_status' => 'publish',
    'post_author' => 1,
    'post_date' => $date,
    'post_date_gmt' => $date,
    'post_category' => [$categories[$post['category']]],
    'tags_input' => $post['tags'],
  ]);
}
$wpdb->query('COMMIT');
wp_defer_term_counting(false);
echo json_encode($ids);
`;

/**
 * Has WordPress call the ten-line handler with the path of each post that is saved, as the tutorials
 * do it.
 * @param {FullWordPress} wordpress
 * @param {string} site Its address.
 */
export const callOnSave = ({ dir }, site) =>
  writeFile(
    path.join(dir, 'www/wp-content/mu-plugins/on-save.php'),
    `<?php
add_action( 'save_post', function ( $id, $post ) {
	if ( wp_is_post_revision( $id ) || 'publish' !== $post->post_status ) {
		return;
	}
	wp_remote_post( '${site}/api/revalidate?secret=${SECRET}&path=/blog/' . $post->post_name );
}, 10, 2 );
`,
  );

/** @typedef {{ ms: number, requests: number }} Cost Requests to WordPress, without those that save. */

/**
 * What it costs until `work` answers how many milliseconds it took.
 * @param {FullWordPress} wordpress
 * @param {() => Promise<number>} work
 * @returns {Promise<Cost>}
 */
export async function costOf(wordpress, work) {
  const before = (await wordpress.log()).length;
  const ms = await work();
  const lines = (await wordpress.log()).slice(before);
  return { ms, requests: lines.filter((line) => !line.startsWith('POST ')).length };
}
