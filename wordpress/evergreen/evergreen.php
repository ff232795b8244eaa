<?php
/**
 * Plugin Name:       Evergreen
 * Description:       Tells an Evergreen site what changed, so that its visitors see it at once.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       evergreen
 * Domain Path:       /languages
 *
 * In the order of the data: settings, what changed (hooks), what the site reads, delivery, what became of it (log,
 * notices), previews, addresses that people see, and the settings page. Beginning and end are in setup.php,
 * commands in cli.php.
 *
 * @package Evergreen
 */

defined( 'ABSPATH' ) || exit;

const EVERGREEN_VERSION = '0.1.0';

require_once __DIR__ . '/news.php';
require_once __DIR__ . '/comments.php';

/**
 * Seconds that an editor waits at most, that a process of the web server does, and that a command does. What
 * takes the site longer is asked for later: few processes serve all visitors.
 */
const EVERGREEN_TIMEOUT            = 1;
const EVERGREEN_BACKGROUND_TIMEOUT = 5;
const EVERGREEN_COMMAND_TIMEOUT    = 60;

/** Seconds until each further attempt; after the last one, changes wait for the next edit. */
const EVERGREEN_RETRIES = array( 30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 43200 );

/** Purges in the log, and pages kept of each. */
const EVERGREEN_LOGGED       = 50;
const EVERGREEN_LOGGED_PAGES = 50;

/** Seconds for which a link to a preview can be opened. */
const EVERGREEN_PREVIEW_SECONDS = 600;

/** Characters of a secret that nobody guesses from a link that it signed; the site wants as many. */
const EVERGREEN_SECRET_CHARACTERS = 16;

/** More than this are not listed one by one: the site then compares everything. */
const EVERGREEN_MAX_CHANGES = 4000;

/** Options that the site shows. */
const EVERGREEN_SITE_OPTIONS = array(
	'blogname',
	'blogdescription',
	'site_icon',
	'page_for_posts',
	'date_format',
	'timezone_string',
	'gmt_offset',
	'WPLANG',
);

/** Types of posts that a menu is made of; one of a block theme may list the pages. */
const EVERGREEN_MENU_TYPES = array( 'nav_menu_item', 'wp_navigation', 'wp_template_part', 'page' );

/** What plugins for search engines keep of a post and the site shows, by the names of its fields. */
const EVERGREEN_SEO_META = '~^(?:_yoast_wpseo_(?:title|metadesc|canonical|meta-robots-no(?:index|follow)|opengraph-(?:title|description|image))|rank_math_(?:title|description|canonical_url|robots|facebook_(?:title|description|image)))$~';

/** Options that Yoast SEO makes the title of each post with, as the site shows it. */
const EVERGREEN_SEO_OPTIONS = array( 'blogname', 'blogdescription', 'wpseo_titles', 'wpseo_social' );

/** Options that addresses are made with. */
const EVERGREEN_ADDRESS_OPTIONS = array(
	'permalink_structure',
	'category_base',
	'tag_base',
	'show_on_front',
	'page_on_front',
);

require_once __DIR__ . '/setup.php';
if ( evergreen_is_command() ) {
	require_once __DIR__ . '/cli.php';
}

register_activation_hook( __FILE__, 'evergreen_set_up' );
register_deactivation_hook( __FILE__, 'evergreen_on_deactivation' );
// In each site's own requests: of another site's the theme, and with it the menu, cannot be read.
add_action( 'admin_init', 'evergreen_set_up_once', 1 );
// Before this site's own, after which nothing runs.
add_action( 'shutdown', 'evergreen_keep_for_other_sites', PHP_INT_MAX - 1 );

add_action( 'init', 'evergreen_load_translations' );

/** Loads the translations that come with the plugin, as WordPress does by itself only for those from its directory. */
function evergreen_load_translations() {
	// phpcs:ignore PluginCheck.CodeAnalysis.DiscouragedFunctions -- The plugin is not in the directory.
	load_plugin_textdomain( 'evergreen', false, dirname( plugin_basename( __FILE__ ) ) . '/languages' );
}

/*
 * Settings.
 */

/** Where links to posts lead, and visitors of WordPress's own pages: the first is the default. */
const EVERGREEN_LINKS = array( 'wordpress', 'site', 'visitors' );

/**
 * What a constant in wp-config.php sets. All sites of a network share that file, and each has a site of its
 * own to tell: there the constants are about the main one.
 *
 * @param string $name The constant.
 * @return mixed Null if it sets nothing.
 */
function evergreen_constant( $name ) {
	return defined( $name ) && is_main_site() ? constant( $name ) : null;
}

/**
 * URL and secret of the site: constants in wp-config.php come before what was saved. And where links lead:
 * one of EVERGREEN_LINKS.
 *
 * @return array{url: string, secret: string, links: string}
 */
function evergreen_settings() {
	$saved = (array) get_option( 'evergreen_settings', array() );
	return array(
		'links'  => evergreen_clean_links( $saved['links'] ?? '' ),
		'url'    => evergreen_clean_url( evergreen_constant( 'EVERGREEN_URL' ) ?? $saved['url'] ?? '' ),
		'secret' => (string) ( evergreen_constant( 'EVERGREEN_SECRET' ) ?? $saved['secret'] ?? '' ),
	);
}

/**
 * Whether there is a site to tell.
 *
 * @return bool
 */
function evergreen_is_configured() {
	$settings = evergreen_settings();
	return '' !== $settings['url'] && '' !== $settings['secret'];
}

/**
 * The site's address without what people paste along with it.
 *
 * @param mixed $url What was entered.
 * @return string Empty if it is no address.
 */
function evergreen_clean_url( $url ) {
	$url = esc_url_raw( trim( is_string( $url ) ? $url : '' ), array( 'http', 'https' ) );
	return preg_replace( '~(/api/revalidate)?[/?#]*$~', '', $url );
}

/**
 * One of EVERGREEN_LINKS, whatever was entered.
 *
 * @param mixed $links What was entered.
 * @return string
 */
function evergreen_clean_links( $links ) {
	return in_array( $links, EVERGREEN_LINKS, true ) ? $links : EVERGREEN_LINKS[0];
}

/*
 * What changed. Hooks only note what they saw; what is told is read when the request ends.
 */

add_action( 'transition_post_status', 'evergreen_on_transition', 10, 3 );
add_action( 'post_updated', 'evergreen_on_post_updated', 10, 3 );
add_action( 'before_delete_post', 'evergreen_on_post_deleted', 10, 2 );
add_action( 'set_object_terms', 'evergreen_on_post_terms', 10, 6 );
foreach ( array( 'added', 'updated', 'deleted' ) as $evergreen_verb ) {
	add_action( "{$evergreen_verb}_post_meta", 'evergreen_on_post_meta', 10, 3 );
}
add_action( 'attachment_updated', 'evergreen_on_attachment' );
add_action( 'delete_attachment', 'evergreen_on_attachment' );
add_action( 'created_term', 'evergreen_on_term', 10, 3 );
add_action( 'edited_term', 'evergreen_on_term', 10, 3 );
add_action( 'delete_term', 'evergreen_on_term', 10, 3 );
add_action( 'profile_update', 'evergreen_on_profile', 10, 2 );
add_action( 'deleted_user', 'evergreen_note_author' );
add_action( 'added_user_meta', 'evergreen_on_user_meta', 10, 4 );
add_action( 'updated_user_meta', 'evergreen_on_user_meta', 10, 4 );
add_action( 'deleted_user_meta', 'evergreen_on_user_meta', 10, 4 );
add_action( 'updated_option', 'evergreen_on_option', 10, 3 );
add_action( 'added_option', 'evergreen_on_new_option', 10, 2 );
add_action( 'deleted_option', 'evergreen_on_deleted_option' );
foreach ( array( 'wp_create_nav_menu', 'wp_update_nav_menu', 'wp_delete_nav_menu', 'wp_update_nav_menu_item', 'switch_theme' ) as $evergreen_hook ) {
	add_action( $evergreen_hook, 'evergreen_look_at_menu', 10, 0 );
}

/**
 * What this request has changed so far, by kind and id; in a network, on the site that it works on now.
 *
 * @return array<string, array<string, mixed>>
 */
function &evergreen_noted() {
	$noted = &evergreen_noted_by_site();
	$site  = get_current_blog_id();

	$noted[ $site ] = $noted[ $site ] ?? array();
	return $noted[ $site ];
}

/**
 * The same of each site of a network.
 *
 * @return array<int, array<string, array<string, mixed>>> By the ids of the sites.
 */
function &evergreen_noted_by_site() {
	static $noted = array();
	return $noted;
}

/**
 * Notes a change.
 *
 * @param string               $key    Kind and id.
 * @param array<string, mixed> $change What is known about it. What was noted first, stays.
 */
function evergreen_note( $key, $change ) {
	evergreen_begin_news();
	$noted         = &evergreen_noted();
	$noted[ $key ] = ( $noted[ $key ] ?? array() ) + $change;
}

/**
 * Notes a post of a public type. Anything else, such as a revision or a menu item, is not on the site.
 *
 * @param WP_Post              $post   The post.
 * @param array<string, mixed> $before What visitors saw of it before this request, if it was public.
 */
function evergreen_note_post( $post, $before = array() ) {
	if ( in_array( $post->post_type, EVERGREEN_MENU_TYPES, true ) ) {
		evergreen_look_at_menu();
	}
	if ( 'wp_block' === $post->post_type ) {
		evergreen_note_posts_with_block( $post->ID );
	} elseif ( 'attachment' !== $post->post_type && is_post_type_viewable( $post->post_type ) ) {
		$change = array(
			'kind' => 'post',
			'type' => $post->post_type,
			'id'   => $post->ID,
		);
		evergreen_note( "post:$post->ID", $change + $before );
	}
}

/**
 * Notes the posts that show a block which several posts share, or another such block with it inside.
 *
 * @param int   $id   The block's id.
 * @param int[] $seen Blocks that were looked for already.
 */
function evergreen_note_posts_with_block( $id, &$seen = array() ) {
	global $wpdb;
	if ( ! evergreen_is_configured() || in_array( $id, $seen, true ) ) {
		return;
	}
	$seen[] = $id;
	// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- A search would look for words.
	$users = $wpdb->get_results(
		$wpdb->prepare(
			"SELECT ID, post_type FROM $wpdb->posts WHERE post_status = 'publish' AND (post_content LIKE %s OR post_content LIKE %s)",
			'%' . $wpdb->esc_like( "<!-- wp:block {\"ref\":$id}" ) . '%',
			'%' . $wpdb->esc_like( "<!-- wp:block {\"ref\":$id," ) . '%'
		)
	);
	foreach ( $users as $user ) {
		if ( 'wp_block' === $user->post_type ) {
			evergreen_note_posts_with_block( (int) $user->ID, $seen );
		} else {
			evergreen_note_published( (int) $user->ID );
		}
	}
}

/** Notes that something changed that is on every page. */
function evergreen_note_site() {
	evergreen_note( 'site', array( 'kind' => 'site' ) );
}

/** Notes that whatever has an address may have another one now. */
function evergreen_note_addresses() {
	evergreen_note( 'addresses', array( 'kind' => 'addresses' ) );
}

/**
 * A post was saved: it is, or was, public.
 *
 * @param string  $new_status Its status now.
 * @param string  $old_status Its status before.
 * @param WP_Post $post       The post.
 */
function evergreen_on_transition( $new_status, $old_status, $post ) {
	if ( 'publish' === $old_status ) {
		evergreen_note_post( $post, array( 'was_public' => true ) );
	} elseif ( 'publish' === $new_status ) {
		evergreen_note_post( $post );
	}
}

/**
 * A post was saved: remember the slug that visitors know.
 *
 * @param int     $id     Its id.
 * @param WP_Post $after  The post now.
 * @param WP_Post $before The post as it was.
 */
function evergreen_on_post_updated( $id, $after, $before ) {
	if ( 'publish' === $before->post_status ) {
		evergreen_note_post(
			$before,
			array(
				'was_public'  => true,
				'public_slug' => $before->post_name,
			)
		);
	}
}

/**
 * A post is about to be deleted for good.
 *
 * @param int     $id   Its id.
 * @param WP_Post $post The post.
 */
function evergreen_on_post_deleted( $id, $post ) {
	evergreen_on_post_updated( $id, $post, $post );
}

/**
 * A post was given other terms, perhaps without being saved.
 *
 * @param int    $id       The post's id.
 * @param array  $terms    Its terms now.
 * @param array  $tt_ids   Their ids.
 * @param string $taxonomy Their taxonomy.
 * @param bool   $append   Whether they were added.
 * @param array  $old_ids  The ids before.
 */
function evergreen_on_post_terms( $id, $terms, $tt_ids, $taxonomy, $append, $old_ids ) {
	$before = array_map( 'intval', $old_ids );
	$after  = array_map( 'intval', $tt_ids );
	if ( array_diff( $after, $before ) || ( ! $append && array_diff( $before, $after ) ) ) {
		evergreen_note_published( $id );
	}
}

/**
 * A post's featured image changed, or what search engines are told of it, or what is shown of an image.
 *
 * @param int|int[] $meta_ids Ids of the values.
 * @param int       $id       The post's id.
 * @param string    $key      The field.
 */
function evergreen_on_post_meta( $meta_ids, $id, $key ) {
	if ( '_thumbnail_id' === $key || preg_match( EVERGREEN_SEO_META, $key ) ) {
		evergreen_note_published( $id );
	} elseif ( in_array( $key, array( '_wp_attachment_image_alt', '_wp_attachment_metadata' ), true ) ) {
		evergreen_on_attachment( $id );
	}
}

/**
 * An image changed: so did the posts that feature it.
 *
 * @param int $id The image's id.
 */
function evergreen_on_attachment( $id ) {
	if ( ! evergreen_is_configured() ) {
		return;
	}
	$posts = get_posts(
		array(
			'post_type'   => 'any',
			'post_status' => 'publish',
			'numberposts' => -1,
			'fields'      => 'ids',
			'meta_key'    => '_thumbnail_id', // phpcs:ignore WordPress.DB.SlowDBQuery.slow_db_query_meta_key
			'meta_value'  => (string) $id, // phpcs:ignore WordPress.DB.SlowDBQuery.slow_db_query_meta_value
		)
	);
	array_walk( $posts, 'evergreen_note_published' );
}

/**
 * Notes a post by its id, if it is public.
 *
 * @param int $id The id; of an object of another kind, perhaps.
 */
function evergreen_note_published( $id ) {
	$post = get_post( $id );
	if ( $post && 'publish' === $post->post_status ) {
		evergreen_note_post( $post );
	}
}

/**
 * A term was added, edited, moved or deleted.
 *
 * @param int    $id       Its id.
 * @param int    $tt_id    Its id within the taxonomy.
 * @param string $taxonomy The taxonomy.
 */
function evergreen_on_term( $id, $tt_id, $taxonomy ) {
	if ( is_taxonomy_viewable( $taxonomy ) ) {
		evergreen_note(
			"term:$id",
			array(
				'kind'     => 'term',
				'taxonomy' => $taxonomy,
				'id'       => (int) $id,
			)
		);
	}
}

/**
 * A user was saved; the site shows the name, and addresses may hold the other one.
 *
 * @param int     $id     The user's id.
 * @param WP_User $before The user as it was.
 */
function evergreen_on_profile( $id, $before ) {
	$user = get_userdata( $id );
	if ( $user && $user->display_name !== $before->display_name ) {
		evergreen_note_author( $id );
	}
	if ( $user && $user->user_nicename !== $before->user_nicename ) {
		evergreen_note_addresses();
	}
}

/**
 * Something that WordPress keeps of a user beside the profile changed; the site shows what it says about
 * them.
 *
 * @param int|int[] $ids   The ids of the values.
 * @param int       $user  The user's id.
 * @param string    $key   The name of the value.
 * @param mixed     $value The value.
 */
function evergreen_on_user_meta( $ids, $user, $key, $value ) {
	// Each new user has an empty one.
	$is_of_new = 'added_user_meta' === current_action() && '' === $value;
	if ( 'description' === $key && ! $is_of_new ) {
		evergreen_note_author( $user );
	}
}

/**
 * Notes an author, whose name or description changed, or whose posts have another author now.
 *
 * @param int $id The user's id.
 */
function evergreen_note_author( $id ) {
	evergreen_note(
		"author:$id",
		array(
			'kind' => 'author',
			'id'   => (int) $id,
		)
	);
}

/**
 * An option changed: perhaps the title of the site, or where its menus are.
 *
 * @param string $name   The option.
 * @param mixed  $before Its value before.
 * @param mixed  $after  Its value now.
 */
function evergreen_on_option( $name, $before, $after ) {
	if ( defined( 'WPSEO_VERSION' ) && in_array( $name, EVERGREEN_SEO_OPTIONS, true ) ) {
		evergreen_note_all_posts();
	}
	if ( in_array( $name, EVERGREEN_ADDRESS_OPTIONS, true ) ) {
		evergreen_note_addresses();
	} elseif ( in_array( $name, EVERGREEN_SITE_OPTIONS, true ) ) {
		evergreen_note_site();
	} elseif ( 0 === strpos( $name, 'theme_mods_' ) ) {
		evergreen_look_at_menu();
	} elseif ( 'sticky_posts' === $name ) {
		$ids = array_map( 'intval', array_merge( array_diff( (array) $before, (array) $after ), array_diff( (array) $after, (array) $before ) ) );
		array_walk( $ids, 'evergreen_note_published' );
	}
}

/** Notes all posts and pages that are public. */
function evergreen_note_all_posts() {
	if ( ! evergreen_is_configured() ) {
		return;
	}
	$posts = get_posts(
		array(
			'post_type'   => array( 'post', 'page' ),
			'post_status' => 'publish',
			'numberposts' => -1,
		)
	);
	foreach ( $posts as $post ) {
		evergreen_note_post( $post );
	}
}

/**
 * An option is there that was not.
 *
 * @param string $name  The option.
 * @param mixed  $value Its value.
 */
function evergreen_on_new_option( $name, $value ) {
	// What is empty is as if it were not there.
	if ( $value ) {
		evergreen_on_option( $name, array(), $value );
	}
}

/**
 * An option is not there any more.
 *
 * @param string $name The option.
 */
function evergreen_on_deleted_option( $name ) {
	evergreen_on_option( $name, array(), array() );
}

/**
 * Something was saved that the menu may be made of: whether it is another one, is seen when the request ends.
 *
 * @param bool|null $done Whether that was seen to.
 * @return bool
 */
function evergreen_look_at_menu( $done = false ) {
	static $is_due = false;
	$was_due       = $is_due;
	if ( is_multisite() && ms_is_switched() ) {
		// A menu is read with the theme of its site, which is not loaded here.
		evergreen_note_site();
		return false;
	}
	$is_due = ! $done;
	return $was_due;
}

/** Notes the menu if it is another one than when it was noted last. */
function evergreen_note_menu() {
	if ( ! evergreen_look_at_menu( true ) ) {
		return;
	}
	$menu = md5( (string) wp_json_encode( evergreen_menu() ) );
	if ( get_option( 'evergreen_menu' ) !== $menu ) {
		update_option( 'evergreen_menu', $menu, false );
		evergreen_note_site();
	}
}

/**
 * What was noted, as the site is told it: as things are when the request ends.
 *
 * @return array<string, array<string, mixed>>
 */
function evergreen_changes() {
	$changes = array();
	foreach ( evergreen_noted() as $key => $noted ) {
		if ( 'post' !== $noted['kind'] ) {
			$changes[ $key ] = $noted;
			continue;
		}
		$post = get_post( $noted['id'] );
		if ( ! evergreen_is_public( $post ) && empty( $noted['was_public'] ) ) {
			continue;
		}
		$change = array(
			'kind' => 'post',
			'type' => $noted['type'],
			'id'   => $noted['id'],
			'slug' => $noted['public_slug'] ?? ( $post ? $post->post_name : '' ),
		);

		$changes[ $key ] = evergreen_as_now( $change );
	}
	return $changes;
}

/**
 * Whether visitors see a post. The site never shows one that has a password.
 *
 * @param WP_Post|null $post The post.
 * @return bool
 */
function evergreen_is_public( $post ) {
	return $post && 'publish' === $post->post_status && '' === $post->post_password;
}

/**
 * A change as things are now: what it was told of may have gone or come back since.
 *
 * @param array<string, mixed> $change The change; of a post with the slug that visitors know.
 * @return array<string, mixed>
 */
function evergreen_as_now( $change ) {
	if ( 'post' !== $change['kind'] ) {
		return $change;
	}
	$post   = get_post( $change['id'] );
	$former = $change['formerSlug'] ?? $change['slug'];
	unset( $change['formerSlug'] );
	$change['slug']     = evergreen_is_public( $post ) ? $post->post_name : $change['slug'];
	$change['modified'] = $post ? mysql_to_rfc3339( $post->post_modified_gmt ) : gmdate( 'Y-m-d\TH:i:s' );
	$change['status']   = evergreen_is_public( $post ) ? 'publish' : 'gone';
	if ( $former !== $change['slug'] ) {
		$change['formerSlug'] = $former;
	}
	return $change;
}

/*
 * What the site reads of WordPress itself: what REST shows to administrators alone, in a signed request.
 */

add_action( 'rest_api_init', 'evergreen_register_site_route' );

/** The route that the site asks. */
function evergreen_register_site_route() {
	register_rest_route(
		'evergreen/v1',
		'/site',
		array(
			'methods'             => 'GET',
			'callback'            => 'evergreen_answer_site',
			'permission_callback' => 'evergreen_check_signature',
		)
	);
}

/**
 * Whether a request was signed with the secret, and not long ago. A short secret, which could be guessed from
 * what it signed, signs nothing.
 *
 * @param WP_REST_Request $request The request.
 * @return true|WP_Error
 */
function evergreen_check_signature( $request ) {
	$secret    = evergreen_settings()['secret'];
	$expires   = (string) $request->get_header( 'X-Evergreen-Expires' );
	$signature = hash_hmac( 'sha256', "{$request->get_method()} {$request->get_route()} {$expires}", $secret );
	$is_signed = mb_strlen( $secret ) >= EVERGREEN_SECRET_CHARACTERS
		&& hash_equals( $signature, (string) $request->get_header( 'X-Evergreen-Signature' ) );
	if ( $is_signed && ctype_digit( $expires ) && (int) $expires >= time() ) {
		return true;
	}
	return new WP_Error( 'evergreen_unsigned', __( 'You may not do this.', 'evergreen' ), array( 'status' => 403 ) );
}

/**
 * What every page of the site shows.
 *
 * @return WP_REST_Response
 */
function evergreen_answer_site() {
	$response = new WP_REST_Response(
		array(
			'name'       => get_option( 'blogname' ),
			'tagline'    => get_option( 'blogdescription' ),
			'home'       => home_url(),
			'icon'       => get_site_icon_url( 192 ),
			'language'   => get_bloginfo( 'language' ),
			'dateFormat' => get_option( 'date_format' ),
			'postsPage'  => 'page' === get_option( 'show_on_front' ) ? (int) get_option( 'page_for_posts' ) : 0,
			'menu'       => evergreen_menu(),
			'newsFrom'   => evergreen_news_from(),
			'isOpen'     => 'visitors' !== evergreen_settings()['links'],
		)
	);
	$response->header( 'Cache-Control', 'no-store' );
	return $response;
}

/**
 * The menu at the top of the site, as it is stored: what its items lead to is looked up by the site.
 *
 * @return array<int, array<string, mixed>>|null Null if there is none.
 */
function evergreen_menu() {
	$menu = evergreen_classic_menu();
	if ( null === $menu && wp_is_block_theme() ) {
		$menu = array();
		evergreen_add_blocks( $menu, evergreen_navigation_blocks(), 0 );
	}
	return $menu;
}

/**
 * The menu of the theme's main location, which themes call by several names; otherwise of the first.
 *
 * @return array<int, array<string, mixed>>|null
 */
function evergreen_classic_menu() {
	$menus = array();
	foreach ( get_nav_menu_locations() as $location => $id ) {
		if ( has_nav_menu( $location ) && wp_get_nav_menu_object( $id ) ) {
			$menus[ $location ] = (int) $id;
		}
	}
	if ( ! $menus ) {
		return null;
	}
	$main  = array_filter( array_keys( $menus ), 'evergreen_is_main_location' );
	$id    = $menus[ reset( $main ) ? reset( $main ) : array_key_first( $menus ) ];
	$items = get_posts(
		array(
			'post_type'   => 'nav_menu_item',
			'numberposts' => -1,
			'orderby'     => 'menu_order',
			'order'       => 'ASC',
			'tax_query'   => array( // phpcs:ignore WordPress.DB.SlowDBQuery.slow_db_query_tax_query
				array(
					'taxonomy' => 'nav_menu',
					'field'    => 'term_id',
					'terms'    => $id,
				),
			),
		)
	);
	return array_map( 'evergreen_menu_item', $items );
}

/**
 * Whether a location of menus is the main one, by its name.
 *
 * @param string $location The name.
 * @return bool
 */
function evergreen_is_main_location( $location ) {
	return 1 === preg_match( '/^(primary|main|header|top|menu-1)/i', $location );
}

/**
 * An item of a menu.
 *
 * @param WP_Post $post The item; it has no title if it goes by that of what it leads to.
 * @return array<string, mixed>
 */
function evergreen_menu_item( $post ) {
	$meta = static function ( $name ) use ( $post ) {
		return (string) get_post_meta( $post->ID, "_menu_item_$name", true );
	};
	$type = $meta( 'type' );
	return array(
		'id'       => $post->ID,
		'parent'   => (int) $meta( 'menu_item_parent' ),
		'title'    => $post->post_title,
		'type'     => $type,
		'object'   => $meta( 'object' ),
		'objectId' => (int) $meta( 'object_id' ),
		'url'      => 'post_type_archive' === $type ? (string) get_post_type_archive_link( $meta( 'object' ) ) : $meta( 'url' ),
	);
}

/**
 * The blocks in the navigation of a block theme's header: its own, or those of the navigation that it names,
 * or of the newest; and without any the list of pages, as WordPress shows it.
 *
 * @return array<int, array<string, mixed>>
 */
function evergreen_navigation_blocks() {
	$header = get_block_template( get_stylesheet() . '//header', 'wp_template_part' );
	$found  = evergreen_find_navigation( $header ? parse_blocks( $header->content ) : array() );
	$ref    = (int) ( $found['attrs']['ref'] ?? 0 );
	if ( $found && ! $ref && array_filter( array_column( $found['innerBlocks'], 'blockName' ) ) ) {
		return $found['innerBlocks'];
	}
	$query = array(
		'post_type'   => 'wp_navigation',
		'numberposts' => 1,
	);
	$posts = get_posts( $ref ? $query + array( 'include' => array( $ref ) ) : $query );
	$list  = array( 'blockName' => 'core/page-list' );
	return $posts ? parse_blocks( $posts[0]->post_content ) : array( $list );
}

/**
 * The first block of navigation among blocks, however deep.
 *
 * @param array<int, array<string, mixed>> $blocks The blocks.
 * @return array<string, mixed>|null
 */
function evergreen_find_navigation( $blocks ) {
	foreach ( $blocks as $block ) {
		$found = 'core/navigation' === $block['blockName'] ? $block : evergreen_find_navigation( $block['innerBlocks'] );
		if ( $found ) {
			return $found;
		}
	}
	return null;
}

/**
 * Adds the links among blocks to a menu.
 *
 * @param array<int, array<string, mixed>> $menu   The menu.
 * @param array<int, array<string, mixed>> $blocks The blocks.
 * @param int                              $parent The number of the item above them.
 */
function evergreen_add_blocks( &$menu, $blocks, $parent ) {
	foreach ( $blocks as $block ) {
		$attributes = $block['attrs'] ?? array();
		if ( 'core/page-list' === $block['blockName'] ) {
			evergreen_add_pages( $menu, $parent );
		} elseif ( 'core/home-link' === $block['blockName'] ) {
			$menu[] = evergreen_link_item( count( $menu ) + 1, $parent, array( 'url' => '/' ) + $attributes + array( 'label' => get_option( 'blogname' ) ) );
		} elseif ( in_array( $block['blockName'], array( 'core/navigation-link', 'core/navigation-submenu' ), true ) ) {
			$number = count( $menu ) + 1;
			$menu[] = evergreen_link_item( $number, $parent, $attributes );
			evergreen_add_blocks( $menu, $block['innerBlocks'], $number );
		}
	}
}

/**
 * A block that is a link, as an item of a menu.
 *
 * @param int                  $number     Its number.
 * @param int                  $parent     That of the item above it.
 * @param array<string, mixed> $attributes The block's.
 * @return array<string, mixed>
 */
function evergreen_link_item( $number, $parent, $attributes ) {
	$object = (string) ( $attributes['type'] ?? '' );
	$types  = array(
		'post-type' => 'post_type',
		'taxonomy'  => 'taxonomy',
	);
	return array(
		'id'       => $number,
		'parent'   => $parent,
		'title'    => (string) ( $attributes['label'] ?? '' ),
		'type'     => $types[ $attributes['kind'] ?? '' ] ?? 'custom',
		'object'   => 'tag' === $object ? 'post_tag' : $object,
		'objectId' => (int) ( $attributes['id'] ?? 0 ),
		'url'      => (string) ( $attributes['url'] ?? '' ),
	);
}

/**
 * Adds all pages to a menu, each below its parent.
 *
 * @param array<int, array<string, mixed>> $menu   The menu.
 * @param int                              $parent The number of the item above them.
 */
function evergreen_add_pages( &$menu, $parent ) {
	$pages = get_pages( array( 'sort_column' => 'menu_order,post_title' ) );
	$first = count( $menu ) + 1;
	$at    = array_flip( wp_list_pluck( $pages, 'ID' ) );
	foreach ( $pages as $page ) {
		$above  = $at[ $page->post_parent ] ?? null;
		$menu[] = array(
			'id'       => count( $menu ) + 1,
			'parent'   => null === $above ? $parent : $first + $above,
			'title'    => '',
			'type'     => 'post_type',
			'object'   => 'page',
			'objectId' => $page->ID,
			'url'      => '',
			'listed'   => true,
		);
	}
}

/*
 * Delivery. Changes lie in options of their own until the site has confirmed them, so that nothing is
 * lost, and so that requests that end at the same time overwrite nothing of each other's.
 */

add_action( 'shutdown', 'evergreen_on_shutdown', PHP_INT_MAX );
add_action( 'evergreen_retry', 'evergreen_on_retry' );

/**
 * Whether an attempt is due in this request; set by WP-Cron.
 *
 * @param bool|null $set What it shall be.
 * @return bool
 */
function evergreen_retry_is_due( $set = null ) {
	static $is_due = false;
	$is_due        = $set ?? $is_due;
	return $is_due;
}

/** Delivered with whatever else this run of WP-Cron changes. */
function evergreen_on_retry() {
	evergreen_retry_is_due( true );
}

/** The end of a request: tells the site everything that changed in it, at once. */
function evergreen_on_shutdown() {
	if ( ! evergreen_is_configured() ) {
		return;
	}
	evergreen_note_menu();
	$changes = evergreen_changes();
	if ( ! $changes && ! evergreen_retry_is_due() ) {
		return;
	}
	$noted = &evergreen_noted();
	$noted = array();
	ignore_user_abort( true );
	if ( $changes ) {
		evergreen_keep( $changes );
	}

	$pending = evergreen_pending();
	if ( ! $pending ) {
		evergreen_confirm_waiting();
		return;
	}
	// For the case that this request ends before it has an answer: servers are restarted, and kill.
	if ( ! wp_next_scheduled( 'evergreen_retry' ) ) {
		wp_schedule_single_event( time() + EVERGREEN_RETRIES[0], 'evergreen_retry' );
	}
	$entry = evergreen_log_add( evergreen_merge( $pending ), $changes ? 'changes' : 'retry' );
	if ( get_current_user_id() ) {
		set_transient( 'evergreen_notice_' . get_current_user_id(), $entry['id'], MINUTE_IN_SECONDS );
	}
	$timeout = evergreen_finish_response() ? evergreen_patience() : EVERGREEN_TIMEOUT;
	// Half of the time, so that some is left to deliver.
	if ( ! $changes && evergreen_confirm( $entry, $pending, $timeout / 2 ) ) {
		return;
	}
	evergreen_deliver( $entry, $pending, array(), $timeout );
}

/**
 * Keeps changes until the site has confirmed them.
 *
 * @param array<string, array<string, mixed>> $changes What a request changed.
 */
function evergreen_keep( $changes ) {
	add_option( evergreen_end_news(), $changes, '', false );
}

/**
 * Lets the visitor go, where PHP can.
 *
 * @return bool Whether nobody waits any longer.
 */
function evergreen_finish_response() {
	foreach ( array( 'fastcgi_finish_request', 'litespeed_finish_request' ) as $finish ) {
		if ( function_exists( $finish ) ) {
			$finish();
			return true;
		}
	}
	return wp_doing_cron() || evergreen_is_command();
}

/**
 * Whether this is a command, and no process of the web server.
 *
 * @return bool
 */
function evergreen_is_command() {
	return defined( 'WP_CLI' ) && WP_CLI;
}

/**
 * Seconds to wait for an answer where no editor does.
 *
 * @return int
 */
function evergreen_patience() {
	return evergreen_is_command() ? EVERGREEN_COMMAND_TIMEOUT : EVERGREEN_BACKGROUND_TIMEOUT;
}

/**
 * The changes that the site has not confirmed, oldest first.
 *
 * @return array<string, array<string, array<string, mixed>>> By the names of their options.
 */
function evergreen_pending() {
	global $wpdb;
	// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- There is no list of options by prefix.
	$rows = $wpdb->get_results(
		$wpdb->prepare(
			"SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE %s ORDER BY option_id",
			$wpdb->esc_like( 'evergreen_pending_' ) . '%'
		)
	);
	$all  = array();
	foreach ( $rows as $row ) {
		$all[ $row->option_name ] = (array) maybe_unserialize( $row->option_value );
	}
	return $all;
}

/**
 * Several requests' changes as one. A post's first former slug is the one that visitors know.
 *
 * @param array<string, array<string, array<string, mixed>>> $pending Changes of each request.
 * @return array<int, array<string, mixed>>
 */
function evergreen_merge( $pending ) {
	$merged = array();
	foreach ( $pending as $changes ) {
		foreach ( $changes as $key => $change ) {
			$earlier = $merged[ $key ] ?? array();
			$former  = $earlier['formerSlug'] ?? $change['formerSlug'] ?? $earlier['slug'] ?? null;
			unset( $change['formerSlug'] );
			if ( null !== $former && $former !== $change['slug'] ) {
				$change['formerSlug'] = $former;
			}
			$merged[ $key ] = $change;
		}
	}
	return array_values( $merged );
}

/**
 * One request with everything that is pending.
 *
 * @param array<string, mixed>  $entry   Its entry in the log.
 * @param array<string, array>  $pending What to tell.
 * @param array<string, string> $more    What to ask for besides.
 * @param int                   $timeout Seconds to wait for the answer.
 */
function evergreen_deliver( $entry, $pending, $more, $timeout ) {
	$changes = evergreen_merge( $pending );
	$body    = array(
		'source'  => 'wordpress',
		'changes' => count( $changes ) > EVERGREEN_MAX_CHANGES ? array() : array_map( 'evergreen_as_now', $changes ),
	);
	$outcome = evergreen_request( evergreen_with_news( $body, array_keys( $pending ) ) + $more, $timeout );
	evergreen_settle( $entry, $pending, $outcome );
}

/**
 * After an attempt that got no answer in time, asks whether its work is done by now.
 *
 * @param array<string, mixed> $entry   The entry in the log.
 * @param array<string, array> $pending What was told.
 * @param float                $timeout Seconds to wait for the answer.
 * @return bool Whether everything is fresh.
 */
function evergreen_confirm( $entry, $pending, $timeout ) {
	$retry = (array) get_option( 'evergreen_retry', array() );
	if ( empty( $retry['timed_out'] ) ) {
		return false;
	}
	$outcome = evergreen_request(
		array(
			'changed' => true,
			'dryRun'  => '1',
		),
		$timeout
	);
	if ( 'fresh' === $outcome['state'] && 0 === $outcome['count'] ) {
		evergreen_settle( $entry, $pending, $outcome );
		return true;
	}
	if ( 'failed' === $outcome['state'] ) {
		evergreen_log_update( $entry['id'], $outcome );
	}
	return false;
}

/** Asks about the newest purge that had nothing to deliver, and had no answer in time. */
function evergreen_confirm_waiting() {
	$entry = evergreen_log()[0] ?? null;
	if ( ! $entry || 'waiting' !== $entry['state'] || evergreen_confirm( $entry, array(), evergreen_patience() ) ) {
		return;
	}
	$entry = evergreen_log_entry( $entry['id'] );
	if ( 'waiting' === $entry['state'] ) {
		// As another attempt: the next one is later.
		$outcome = array(
			'state'     => 'waiting',
			'timed_out' => true,
		);
		evergreen_settle( array( 'why' => 'retry' ) + $entry, array(), $outcome );
	}
}

/**
 * Writes down what became of a delivery: confirmed changes are forgotten, the others tried again.
 *
 * @param array<string, mixed> $entry   Its entry in the log.
 * @param array<string, array> $pending What was told.
 * @param array<string, mixed> $outcome What the site answered.
 */
function evergreen_settle( $entry, $pending, $outcome ) {
	evergreen_log_update( $entry['id'], $outcome );
	if ( 'fresh' === $outcome['state'] ) {
		array_map( 'delete_option', array_keys( $pending ) );
		evergreen_log_confirm_earlier( $entry['id'] );
		// What another request told of meanwhile, perhaps in vain, is still to be tried again.
		if ( ! evergreen_pending() ) {
			wp_clear_scheduled_hook( 'evergreen_retry' );
			delete_option( 'evergreen_retry' );
		}
		return;
	}
	wp_clear_scheduled_hook( 'evergreen_retry' );
	$retry = (array) get_option( 'evergreen_retry', array() );
	// An edit has just shown that somebody cares: the delays begin again.
	$attempts = 'retry' === $entry['why'] ? (int) ( $retry['attempts'] ?? 0 ) : 0;
	update_option(
		'evergreen_retry',
		array(
			'attempts'  => $attempts + 1,
			'timed_out' => ! empty( $outcome['timed_out'] ),
		),
		false
	);
	if ( $attempts < count( EVERGREEN_RETRIES ) ) {
		wp_schedule_single_event( time() + EVERGREEN_RETRIES[ $attempts ], 'evergreen_retry' );
	}
}

/**
 * Calls the site. All calls of a request together hold its process no longer than one may.
 *
 * @param string               $path    Where, such as /api/revalidate.
 * @param array<string, mixed> $body    What to ask for.
 * @param float                $timeout Seconds to wait for the answer.
 * @return array<string, mixed>|WP_Error
 */
function evergreen_post( $path, $body, $timeout ) {
	static $waited = 0;

	$settings = evergreen_settings();
	$started  = microtime( true );
	if ( ! evergreen_is_command() ) {
		$timeout = min( $timeout, EVERGREEN_BACKGROUND_TIMEOUT - $waited );
	}
	// PHP's HTTP client waits a second at least.
	if ( $timeout < 1 ) {
		return new WP_Error( 'evergreen_late', 'timed out' );
	}
	$response = wp_remote_post(
		$settings['url'] . $path,
		array(
			'timeout'     => $timeout,
			// A POST that is redirected arrives as a GET.
			'redirection' => 0,
			'headers'     => array(
				'Authorization' => 'Bearer ' . $settings['secret'],
				'Content-Type'  => 'application/json',
			),
			'body'        => wp_json_encode( $body ),
		)
	);
	$waited  += microtime( true ) - $started;
	return $response;
}

/**
 * Asks the site for a purge.
 *
 * @param array<string, mixed> $body    What to ask for.
 * @param float                $timeout Seconds to wait for the answer.
 * @return array{state: string, message: string, confirm: string, pages: array, count: int, ms: int} The
 *               state is fresh, waiting (no answer in time) or failed (the message says why). Confirm
 *               names what the site wants to be told before it does it: removals, or nothing.
 */
function evergreen_request( $body, $timeout ) {
	$started  = microtime( true );
	$response = evergreen_post( '/api/revalidate', $body, $timeout );
	$outcome  = is_wp_error( $response )
		? evergreen_read_error( $response )
		: evergreen_read_answer( $response );

	return $outcome + array(
		'message' => '',
		'confirm' => '',
		'pages'   => array(),
		'count'   => 0,
		'ms'      => (int) round( 1000 * ( microtime( true ) - $started ) ),
	);
}

/**
 * Why no answer came, in words that help.
 *
 * @param WP_Error $error What WordPress's HTTP client says.
 * @return array{state: string, message: string, timed_out?: bool}
 */
function evergreen_read_error( $error ) {
	$said  = $error->get_error_message();
	$host  = (string) wp_parse_url( evergreen_settings()['url'], PHP_URL_HOST );
	$cases = array(
		// translators: %s: a host name.
		'~cURL error 6\b|getaddrinfo|resolve host~i' => __( 'The name %s is not known (DNS). Check the spelling of the URL.', 'evergreen' ),
		// translators: %s: a host name.
		'~cURL error 7\b|refused~i'                  => __( 'Nothing answers at %s. Is the site running, and is the port right?', 'evergreen' ),
		// translators: %s: a host name.
		'~cURL error (35|51|53|58|60|77|83)\b|SSL|certificate~i' => __( 'No secure connection (TLS) to %s. Check its certificate, and whether the URL should begin with http: instead.', 'evergreen' ),
		// translators: %s: a host name.
		'~blocked requests through HTTP~i'           => __( 'WordPress may not call %s: WP_HTTP_BLOCK_EXTERNAL is set. Add the host to WP_ACCESSIBLE_HOSTS in wp-config.php.', 'evergreen' ),
	);
	if ( 'http_request_not_executed' === $error->get_error_code() ) {
		$said = 'blocked requests through HTTP';
	}
	if ( evergreen_is_late( $error ) ) {
		return array(
			'state'     => 'waiting',
			'timed_out' => true,
			// translators: %s: a host name.
			'message'   => sprintf( __( '%s did not answer in time.', 'evergreen' ), $host ),
		);
	}
	foreach ( $cases as $pattern => $message ) {
		if ( preg_match( $pattern, $said ) ) {
			return array(
				'state'   => 'failed',
				'message' => sprintf( $message, $host ),
			);
		}
	}
	return array(
		'state'   => 'failed',
		'message' => $said,
	);
}

/**
 * Whether no answer came in time.
 *
 * @param WP_Error $error What WordPress's HTTP client says.
 * @return bool
 */
function evergreen_is_late( $error ) {
	return 1 === preg_match( '~cURL error 28\b|timed out|timeout~i', $error->get_error_message() );
}

/**
 * What an answer means.
 *
 * @param array<string, mixed> $response WordPress's form of it.
 * @return array{state: string, message?: string, confirm?: string, pages?: array, count?: int, warnings?: string[]}
 */
function evergreen_read_answer( $response ) {
	$status = (int) wp_remote_retrieve_response_code( $response );
	$report = json_decode( wp_remote_retrieve_body( $response ), true );
	$failed = array( 'state' => 'failed' );
	if ( is_array( $report ) && isset( $report['pages'] ) && is_array( $report['pages'] ) ) {
		$pages    = array_map( 'evergreen_read_page', array_filter( $report['pages'], 'is_array' ) );
		$warnings = is_array( $report['warnings'] ?? null ) ? array_filter( $report['warnings'], 'is_string' ) : array();
		$done     = array(
			'pages'    => array_slice( $pages, 0, EVERGREEN_LOGGED_PAGES ),
			'count'    => count( $pages ),
			'warnings' => array_slice( array_values( $warnings ), 0, EVERGREEN_LOGGED_PAGES ),
		);
		if ( 200 === $status && ( true === ( $report['revalidated'] ?? null ) || true === ( $report['dryRun'] ?? null ) ) ) {
			return array( 'state' => 'fresh' ) + $done;
		}
		$failed += $done;
		if ( 'removals' === ( $report['confirm'] ?? null ) ) {
			$failed['confirm'] = 'removals';
		}
	}
	$said = is_array( $report ) && is_string( $report['message'] ?? null ) ? $report['message'] : '';
	if ( $status >= 300 && $status < 400 ) {
		// translators: %s: a URL.
		$failed['message'] = sprintf( __( 'The site sends callers on to %s. Enter that address instead.', 'evergreen' ), wp_remote_retrieve_header( $response, 'location' ) );
	} elseif ( 401 === $status || 403 === $status ) {
		$failed['message'] = __( 'The site does not accept the secret (401). It must equal MY_SECRET_TOKEN there.', 'evergreen' );
	} elseif ( 404 === $status || 405 === $status ) {
		$failed['message'] = __( 'There is no Evergreen at this URL (404). Enter the address of the home page.', 'evergreen' );
	} elseif ( 429 === $status ) {
		$failed['message'] = __( 'Too many calls with a wrong secret (429). Correct the secret and wait a minute.', 'evergreen' );
	} elseif ( '' !== $said ) {
		// translators: 1: a status such as 500. 2: what the site says about it.
		$failed['message'] = sprintf( __( 'The site answers (%1$d): %2$s', 'evergreen' ), $status, $said );
	} elseif ( is_array( $report ) ) {
		// translators: %d: a status such as 500.
		$failed['message'] = sprintf( __( 'The site answers %d, without a reason.', 'evergreen' ), $status );
	} else {
		// translators: %d: a status such as 500.
		$failed['message'] = sprintf( __( 'What answers (%d) is not JSON, so it is not Evergreen. Is there a login page, a maintenance page or a firewall before it?', 'evergreen' ), $status );
	}
	return $failed;
}

/**
 * A page of a report, as the log keeps it.
 *
 * @param array<string, mixed> $page The page.
 * @return array{path: string, result: string}
 */
function evergreen_read_page( $page ) {
	return array(
		'path'   => is_string( $page['path'] ?? null ) ? $page['path'] : '',
		'result' => is_string( $page['result'] ?? null ) ? $page['result'] : '',
	);
}

/*
 * What became of it.
 */

/**
 * What the site says of posts of an entry that it does without, and that the user may edit.
 *
 * @param array<string, mixed> $entry The entry.
 * @return string[] Each in the site's own words, which begin with "WordPress page 12 ".
 */
function evergreen_left_out( $entry ) {
	$ids = array_filter( $entry['posts'], 'evergreen_may_edit' );
	return array_values(
		array_filter(
			$entry['warnings'] ?? array(),
			static function ( $warning ) use ( $ids ) {
				return preg_match( '~^WordPress \w+ (\d+)\b~', $warning, $found ) && in_array( (int) $found[1], $ids, true );
			}
		)
	);
}

add_action( 'rest_api_init', 'evergreen_register_old_slugs' );

/** The slugs that posts had: WordPress leads visitors from them, and so does the site. */
function evergreen_register_old_slugs() {
	register_rest_field(
		'post',
		'evergreen_old_slugs',
		array(
			'get_callback' => static function ( $post ) {
				return array_values( array_unique( get_post_meta( $post['id'], '_wp_old_slug', false ) ) );
			},
			'schema'       => array(
				'type'    => 'array',
				'items'   => array( 'type' => 'string' ),
				'context' => array( 'view' ),
			),
		)
	);
}

/**
 * The last purges, newest first.
 *
 * @return array<int, array<string, mixed>>
 */
function evergreen_log() {
	return (array) get_option( 'evergreen_log', array() );
}

/**
 * Begins an entry.
 *
 * @param array<int, array<string, mixed>> $changes What changed.
 * @param string                           $why     One of changes, retry, removals, paths and all.
 * @return array<string, mixed> The entry.
 */
function evergreen_log_add( $changes, $why ) {
	$posts = array();
	foreach ( $changes as $change ) {
		if ( 'post' === $change['kind'] ) {
			$posts[] = $change['id'];
		}
	}
	$entry = array(
		// Microseconds, which JavaScript's numbers hold too.
		'id'      => (int) round( 1e6 * microtime( true ) ),
		'time'    => time(),
		'why'     => $why,
		'user'    => get_current_user_id(),
		'posts'   => array_slice( $posts, 0, EVERGREEN_LOGGED_PAGES ),
		'changes' => count( $changes ),
		'state'   => 'waiting',
		'message' => '',
		'pages'   => array(),
		'count'   => 0,
		'ms'      => 0,
	);
	update_option( 'evergreen_log', array_slice( array_merge( array( $entry ), evergreen_log() ), 0, EVERGREEN_LOGGED ), false );
	return $entry;
}

/**
 * Completes an entry.
 *
 * @param int                  $id      The entry.
 * @param array<string, mixed> $outcome What is known now.
 */
function evergreen_log_update( $id, $outcome ) {
	$log = evergreen_log();
	foreach ( $log as $index => $entry ) {
		if ( $entry['id'] === $id ) {
			$log[ $index ] = array_merge( $entry, $outcome );
		}
	}
	update_option( 'evergreen_log', $log, false );
}

/**
 * What was still waited for, a later delivery brought along.
 *
 * @param int $id The later delivery.
 */
function evergreen_log_confirm_earlier( $id ) {
	$log = evergreen_log();
	foreach ( $log as $index => $entry ) {
		if ( 'waiting' === $entry['state'] && $entry['id'] < $id ) {
			$log[ $index ]['state']   = 'fresh';
			$log[ $index ]['message'] = '';
		}
	}
	update_option( 'evergreen_log', $log, false );
}

/**
 * The last purge that had an answer, if the site refused it because most posts would be removed.
 *
 * @return array<string, mixed>|null
 */
function evergreen_refused_removals() {
	foreach ( evergreen_log() as $entry ) {
		if ( 'waiting' !== $entry['state'] ) {
			return 'removals' === ( $entry['confirm'] ?? '' ) ? $entry : null;
		}
	}
	return null;
}

/**
 * What an editor is told about an entry.
 *
 * @param array<string, mixed> $entry The entry.
 * @return string Plain text.
 */
function evergreen_sentence( $entry ) {
	if ( 'waiting' === $entry['state'] ) {
		return __( 'Evergreen: the site is still refreshing its pages.', 'evergreen' );
	}
	if ( 'failed' === $entry['state'] ) {
		return sprintf(
			// translators: %s: the reason, a sentence.
			__( 'Evergreen: visitors do not see this change yet. %s It will be tried again.', 'evergreen' ),
			$entry['message']
		);
	}
	$left_out = evergreen_left_out( $entry );
	if ( $left_out ) {
		// translators: %s: what the site says, each a sentence.
		return sprintf( __( 'Evergreen: the site does without this: %s', 'evergreen' ), implode( ' ', array_slice( $left_out, 0, 5 ) ) );
	}
	if ( 0 === $entry['count'] ) {
		return __( 'Evergreen: every page is fresh.', 'evergreen' );
	}
	if ( ! evergreen_may_see_pages( $entry ) ) {
		// translators: %d: how many pages.
		return sprintf( _n( 'Evergreen: %d page is fresh.', 'Evergreen: %d pages are fresh.', $entry['count'], 'evergreen' ), $entry['count'] );
	}
	$paths = array();
	foreach ( array_slice( $entry['pages'], 0, 5 ) as $page ) {
		$paths[] = 'removed' === $page['result']
			// translators: %s: the path of a page.
			? sprintf( __( '%s (removed)', 'evergreen' ), rawurldecode( $page['path'] ) )
			: rawurldecode( $page['path'] );
	}
	if ( $entry['count'] > count( $paths ) ) {
		$paths[] = '…';
	}
	return sprintf(
		// translators: 1: how many pages. 2: their paths.
		_n( 'Evergreen: %1$d page is fresh: %2$s', 'Evergreen: %1$d pages are fresh: %2$s', $entry['count'], 'evergreen' ),
		$entry['count'],
		implode( ', ', $paths )
	);
}

/**
 * Whether the user sees all that the plugin knows: an administrator, or a command.
 *
 * @return bool
 */
function evergreen_is_in_charge() {
	return evergreen_is_command() || current_user_can( 'manage_options' );
}

/**
 * Whether the user may edit a post.
 *
 * @param int $id The post.
 * @return bool
 */
function evergreen_may_edit( $id ) {
	return evergreen_is_in_charge() || current_user_can( 'edit_post', $id );
}

/**
 * Whether an entry is about something that the user changed, or may change.
 *
 * @param array<string, mixed> $entry The entry.
 * @return bool
 */
function evergreen_may_see( $entry ) {
	return evergreen_is_in_charge() || evergreen_is_own( $entry ) || array_filter( $entry['posts'], 'evergreen_may_edit' );
}

/**
 * Whether an entry is about what the user changed.
 *
 * @param array<string, mixed> $entry The entry; of an earlier version, it does not say whose it is.
 * @return bool
 */
function evergreen_is_own( $entry ) {
	return get_current_user_id() === ( $entry['user'] ?? 0 );
}

/**
 * Whether the user is told the pages of an entry: what others changed goes along with the next edit.
 *
 * @param array<string, mixed> $entry The entry.
 * @return bool
 */
function evergreen_may_see_pages( $entry ) {
	// Nobody may edit what is deleted, not even who deleted it.
	$there = array_filter( $entry['posts'], 'get_post' );
	$is_of = evergreen_is_own( $entry ) || count( $entry['posts'] ) === $entry['changes'];
	return evergreen_is_in_charge() || ( $is_of && count( $there ) === count( array_filter( $there, 'evergreen_may_edit' ) ) );
}

add_action( 'rest_api_init', 'evergreen_register_route' );
add_action( 'enqueue_block_editor_assets', 'evergreen_enqueue_script' );
add_action( 'admin_enqueue_scripts', 'evergreen_enqueue_in_lists' );
add_action( 'admin_notices', 'evergreen_show_notice' );

/** The route that the script in the editor asks. */
function evergreen_register_route() {
	$number = array(
		'type'    => 'number',
		'default' => 0,
	);
	register_rest_route(
		'evergreen/v1',
		'/last',
		array(
			'methods'             => 'GET',
			'callback'            => 'evergreen_answer_last',
			'permission_callback' => static function ( $request ) {
				return current_user_can( 'edit_posts' ) && ( ! $request['post'] || evergreen_may_edit( (int) $request['post'] ) );
			},
			'args'                => array(
				'post'  => $number,
				'after' => $number,
				'id'    => $number,
			),
		)
	);
}

/**
 * The newest entry about a post, or of what the user changed, or the entry with an id. Where it is still
 * waited for, the site is asked again.
 *
 * @param WP_REST_Request $request With `after` (an entry that is known) and perhaps `post`, or with `id`.
 * @return array<string, mixed> Empty if there is none.
 */
function evergreen_answer_last( $request ) {
	$post = (int) $request['post'];
	foreach ( evergreen_log() as $entry ) {
		if ( $request['id'] ) {
			$is_meant = $entry['id'] === (int) $request['id'];
		} else {
			$is_of    = $post ? in_array( $post, $entry['posts'], true ) : evergreen_is_own( $entry );
			$is_meant = $is_of && $entry['id'] > (int) $request['after'];
		}
		if ( ! $is_meant || ! evergreen_may_see( $entry ) ) {
			continue;
		}
		// It has the duration of an attempt that got no answer in time.
		if ( 'waiting' === $entry['state'] && $entry['ms'] > 0 ) {
			evergreen_confirm( $entry, evergreen_pending(), EVERGREEN_BACKGROUND_TIMEOUT );
			$entry = evergreen_log_entry( $entry['id'] ) ?? $entry;
		}
		$transient = 'evergreen_notice_' . get_current_user_id();
		if ( (int) get_transient( $transient ) === $entry['id'] ) {
			delete_transient( $transient );
		}
		return array(
			'id'      => $entry['id'],
			'state'   => evergreen_shown_state( $entry ),
			'message' => evergreen_sentence( $entry ),
		);
	}
	return array();
}

/**
 * An entry's state as its editor is shown it: what the site does without is no success for them.
 *
 * @param array<string, mixed> $entry The entry.
 * @return string
 */
function evergreen_shown_state( $entry ) {
	return 'fresh' === $entry['state'] && evergreen_left_out( $entry ) ? 'left-out' : $entry['state'];
}

/**
 * An entry of the log.
 *
 * @param int $id The entry.
 * @return array<string, mixed>|null
 */
function evergreen_log_entry( $id ) {
	foreach ( evergreen_log() as $entry ) {
		if ( $entry['id'] === $id ) {
			return $entry;
		}
	}
	return null;
}

/** The script that shows in the editor what became of an update. */
function evergreen_enqueue_script() {
	if ( ! evergreen_is_configured() || ! current_user_can( 'edit_posts' ) || wp_script_is( 'evergreen' ) ) {
		return;
	}
	$screen = get_current_screen();
	$needed = $screen && $screen->is_block_editor()
		? array( 'wp-api-fetch', 'wp-data', 'wp-notices', 'wp-editor' )
		: array( 'wp-api-fetch' );
	$newest = evergreen_log()[0]['id'] ?? 0;
	wp_enqueue_script( 'evergreen', plugins_url( 'editor.js', __FILE__ ), $needed, EVERGREEN_VERSION, true );
	wp_add_inline_script( 'evergreen', 'window.evergreenLast = ' . wp_json_encode( $newest ) . ';', 'before' );
}

/**
 * The same in lists, of which Quick Edit changes rows without another page.
 *
 * @param string $page The file that makes the page.
 */
function evergreen_enqueue_in_lists( $page ) {
	if ( in_array( $page, array( 'edit.php', 'edit-tags.php' ), true ) ) {
		evergreen_enqueue_script();
	}
}

/** After an edit elsewhere in wp-admin: a notice on the next page. */
function evergreen_show_notice() {
	$screen = get_current_screen();
	if ( ! evergreen_is_configured() || ! current_user_can( 'edit_posts' ) || ( $screen && $screen->is_block_editor() ) ) {
		return;
	}
	$transient = 'evergreen_notice_' . get_current_user_id();
	$entry     = evergreen_log_entry( (int) get_transient( $transient ) );
	if ( ! $entry ) {
		return;
	}
	delete_transient( $transient );
	if ( 'waiting' === $entry['state'] ) {
		evergreen_enqueue_script();
	}
	$classes = array(
		'fresh'    => 'notice-success',
		'left-out' => 'notice-warning',
		'waiting'  => 'notice-info',
		'failed'   => 'notice-error',
	);
	$state   = evergreen_shown_state( $entry );
	printf(
		'<div id="evergreen-notice" class="notice %1$s is-dismissible" role="status" data-entry="%2$s" data-state="%3$s"><p>%4$s</p></div>',
		esc_attr( $classes[ $state ] ),
		esc_attr( $entry['id'] ),
		esc_attr( $state ),
		esc_html( evergreen_sentence( $entry ) )
	);
}

/*
 * What the site reads. It says in the header X-Evergreen what for.
 */

// Around WordPress's own look at application passwords.
add_filter( 'determine_current_user', 'evergreen_swap_login', 19 );
add_filter( 'determine_current_user', 'evergreen_swap_login', 21 );
add_filter( 'rest_dispatch_request', 'evergreen_before_answer', PHP_INT_MAX, 2 );
add_filter( 'rest_request_after_callbacks', 'evergreen_after_answer', PHP_INT_MIN, 3 );

/**
 * What a request of the site is for.
 *
 * @return string Empty if it is no request of the site.
 */
function evergreen_asked_for() {
	return sanitize_key( wp_unslash( $_SERVER['HTTP_X_EVERGREEN'] ?? '' ) );
}

/**
 * Where the web server in front of WordPress asks for a password, that takes the header Authorization, and
 * WordPress would take it for a login of its own. The site then sends the login in another header, "none"
 * for nobody, and WordPress checks it as it does the other.
 *
 * @param int|false $user Who asks, as far as that is known.
 * @return int|false
 */
function evergreen_swap_login( $user ) {
	static $other = null;
	// phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- A password is compared as it is.
	$login = $_SERVER['HTTP_X_EVERGREEN_LOGIN'] ?? '';
	if ( '' === $login ) {
		return $user;
	}
	$names = array( 'PHP_AUTH_USER', 'PHP_AUTH_PW' );
	if ( null === $other ) {
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- As basic authentication is written.
		$pair  = explode( ':', (string) base64_decode( preg_replace( '~^Basic ~i', '', $login ), true ), 2 );
		$other = 2 === count( $pair ) ? array_combine( $names, $pair ) : array();
	}
	$names   = array_flip( $names );
	$now     = array_intersect_key( $_SERVER, $names );
	$_SERVER = array_diff_key( $_SERVER, $names ) + $other;
	$other   = $now;
	return $user;
}

/**
 * The users who asked, by what they asked for.
 *
 * @return array<int, int>
 */
function &evergreen_askers() {
	static $askers = array();
	return $askers;
}

/**
 * A user is let in to read what is public: it is written as for a stranger, who sees nothing that a plugin
 * shows to members.
 *
 * @param mixed           $result  The answer, if somebody else has one.
 * @param WP_REST_Request $request What is asked for.
 * @return mixed
 */
function evergreen_before_answer( $result, $request ) {
	if ( 'public' === evergreen_asked_for() && 'GET' === $request->get_method() ) {
		$askers = &evergreen_askers();

		$askers[ spl_object_id( $request ) ] = get_current_user_id();
		wp_set_current_user( 0 );
	}
	return $result;
}

/**
 * What comes along with an answer is asked for as the user again.
 *
 * @param mixed           $response The answer.
 * @param array           $handler  Who made it.
 * @param WP_REST_Request $request  What was asked for.
 * @return mixed
 */
function evergreen_after_answer( $response, $handler, $request ) {
	$askers = &evergreen_askers();
	$id     = spl_object_id( $request );
	if ( isset( $askers[ $id ] ) ) {
		wp_set_current_user( $askers[ $id ] );
		unset( $askers[ $id ] );
	}
	return $response;
}

/*
 * Previews: WordPress decides who may see a draft, and the site shows it.
 */

add_action( 'template_redirect', 'evergreen_redirect_preview', 1 );

/** Sends an editor on to the site. Here and not in the links, of which the editors make some themselves. */
function evergreen_redirect_preview() {
	$post = get_queried_object();
	if ( ! is_preview() || ! $post instanceof WP_Post || ! in_array( $post->post_type, array( 'post', 'page' ), true ) ) {
		return;
	}
	if ( ! evergreen_is_configured() || ! current_user_can( 'edit_post', $post->ID ) ) {
		return;
	}
	$closed = evergreen_previews_closed();
	if ( '' !== $closed ) {
		wp_die( esc_html( $closed ), '', array( 'response' => 503 ) );
	}
	evergreen_send_to( evergreen_preview_link( $post ), 302 );
}

/**
 * Sends the browser on to the site, and ends the request.
 *
 * @param string $url    Where on the site.
 * @param int    $status The status of the redirect. No browser remembers it: settings change.
 */
function evergreen_send_to( $url, $status ) {
	add_filter(
		'allowed_redirect_hosts',
		function ( $hosts ) {
			$hosts[] = (string) wp_parse_url( evergreen_settings()['url'], PHP_URL_HOST );
			return $hosts;
		}
	);
	nocache_headers();
	wp_safe_redirect( $url, $status, 'Evergreen' );
	exit;
}

/**
 * Why there are no previews: from a link, a short secret could be guessed without asking the site.
 *
 * @return string A sentence; empty if there are.
 */
function evergreen_previews_closed() {
	return mb_strlen( evergreen_settings()['secret'] ) < EVERGREEN_SECRET_CHARACTERS
		? __( 'There are no previews on the site: the secret has fewer than 16 characters, and links to previews are signed with it. Set a longer MY_SECRET_TOKEN on the site, and save it under Settings → Evergreen.', 'evergreen' )
		: '';
}

/**
 * A link to the draft on the site, which whoever has it can open for some minutes.
 *
 * @param WP_Post $post The draft, or a published post with changes.
 * @return string
 */
function evergreen_preview_link( $post ) {
	$settings = evergreen_settings();
	$expires  = time() + EVERGREEN_PREVIEW_SECONDS;
	$query    = array(
		'type'      => $post->post_type,
		'id'        => $post->ID,
		'expires'   => $expires,
		'signature' => hash_hmac( 'sha256', "preview {$post->post_type} {$post->ID} {$expires}", $settings['secret'] ),
	);
	return $settings['url'] . '/api/preview?' . http_build_query( $query );
}

/*
 * Addresses that people see. What the site reads, and what is made with addresses, such as feeds, emails
 * and what page builders open, has WordPress's own.
 */

add_filter( 'post_row_actions', 'evergreen_link_post_row', PHP_INT_MAX, 2 );
add_filter( 'page_row_actions', 'evergreen_link_post_row', PHP_INT_MAX, 2 );
add_filter( 'category_row_actions', 'evergreen_link_term_row', PHP_INT_MAX, 2 );
add_filter( 'post_tag_row_actions', 'evergreen_link_term_row', PHP_INT_MAX, 2 );
add_filter( 'user_row_actions', 'evergreen_link_row', PHP_INT_MAX );
add_filter( 'post_updated_messages', 'evergreen_link_messages', PHP_INT_MAX );
add_filter( 'get_sample_permalink_html', 'evergreen_link_sample', PHP_INT_MAX, 5 );
add_action( 'admin_bar_menu', 'evergreen_link_admin_bar', PHP_INT_MAX );
add_filter( 'rest_prepare_post', 'evergreen_link_in_editor', PHP_INT_MAX, 3 );
add_filter( 'rest_prepare_page', 'evergreen_link_in_editor', PHP_INT_MAX, 3 );
add_filter( 'wp_headers', 'evergreen_forbid_indexing' );
add_filter( 'wp_robots', 'evergreen_forbid_robots' );
// After previews, and before WordPress redirects to its own addresses.
add_action( 'template_redirect', 'evergreen_redirect_visitor', 2 );

/**
 * Whether links lead to the site.
 *
 * @return bool
 */
function evergreen_is_linked() {
	return 'wordpress' !== evergreen_settings()['links'] && evergreen_is_configured();
}

/**
 * Whether the site has a page for a post.
 *
 * @param WP_Post|null $post The post.
 * @return bool
 */
function evergreen_is_shown( $post ) {
	return evergreen_is_public( $post ) && in_array( $post->post_type, array( 'post', 'page' ), true );
}

/**
 * What an address of WordPress's begins with, and what it begins with on the site: the site knows what
 * follows. Both are the same where the site stands at WordPress's own address.
 *
 * @return array{0: string, 1: string}
 */
function evergreen_beginnings() {
	$home  = untrailingslashit( home_url() );
	$site  = evergreen_settings()['url'];
	$place = static function ( $url ) {
		return preg_replace( '~^\w+://~', '', strtolower( evergreen_origin_of( $url ) ) );
	};
	if ( $place( $home ) !== $place( $site ) ) {
		// All that WordPress had at its host, the site has at its own.
		return array( evergreen_origin_of( $home ) . '/', $site . '/' );
	}
	$is_below = evergreen_origin_of( $home ) !== $home;
	return array( $home . '/', ( $is_below ? $site : $home ) . '/' );
}

/**
 * Scheme, host and port of an address.
 *
 * @param string $url The address.
 * @return string
 */
function evergreen_origin_of( $url ) {
	return preg_replace( '~^(\w+://[^/?#]*).*$~s', '$1', $url );
}

/**
 * The address on the site that leads to what WordPress has at an address.
 *
 * @param string $url An address of WordPress's.
 * @return string The same if it is none.
 */
function evergreen_site_link( $url ) {
	list( $own, $site ) = evergreen_beginnings();
	return 0 === strpos( $url, $own ) ? $site . substr( $url, strlen( $own ) ) : $url;
}

/**
 * The same for the links in HTML.
 *
 * @param string $html The HTML.
 * @return string
 */
function evergreen_site_links( $html ) {
	list( $own, $site ) = array_map( 'esc_url', evergreen_beginnings() );
	return str_replace( array( '"' . $own, "'" . $own ), array( '"' . $site, "'" . $site ), $html );
}

/**
 * In a list: the link View.
 *
 * @param string[] $actions The links below an entry.
 * @return string[]
 */
function evergreen_link_row( $actions ) {
	if ( isset( $actions['view'] ) && evergreen_is_linked() ) {
		$actions['view'] = evergreen_site_links( $actions['view'] );
	}
	return $actions;
}

/**
 * In the lists of posts and pages: the link View.
 *
 * @param string[] $actions The links below a post.
 * @param WP_Post  $post    The post.
 * @return string[]
 */
function evergreen_link_post_row( $actions, $post ) {
	return evergreen_is_shown( $post ) ? evergreen_link_row( $actions ) : $actions;
}

/**
 * In the lists of categories and tags: the link View. The site has none without posts.
 *
 * @param string[] $actions The links below a term.
 * @param WP_Term  $term    The term.
 * @return string[]
 */
function evergreen_link_term_row( $actions, $term ) {
	return $term->count > 0 ? evergreen_link_row( $actions ) : $actions;
}

/**
 * What is said above the editor after an update, with a link.
 *
 * @param array<string, array<int, string|false>> $messages The messages, by the type of the post.
 * @return array<string, array<int, string|false>>
 */
function evergreen_link_messages( $messages ) {
	$post = get_post();
	if ( ! evergreen_is_shown( $post ) || ! evergreen_is_linked() ) {
		return $messages;
	}
	$own  = get_permalink( $post );
	$site = evergreen_site_link( $own );
	foreach ( $messages[ $post->post_type ] ?? array() as $number => $message ) {
		if ( is_string( $message ) ) {
			// Not the link to a preview, which begins with the same.
			$messages[ $post->post_type ][ $number ] = str_replace( '"' . esc_url( $own ) . '"', '"' . esc_url( $site ) . '"', $message );
		}
	}
	return $messages;
}

/**
 * The address below the title in the classic editor. That of a draft leads to its preview.
 *
 * @param string      $html  The address and its buttons.
 * @param int         $id    The post's id.
 * @param string|null $title A title that is being tried.
 * @param string|null $slug  A slug that is being tried.
 * @param WP_Post     $post  The post.
 * @return string
 */
function evergreen_link_sample( $html, $id, $title, $slug, $post ) {
	if ( ! in_array( $post->post_type, array( 'post', 'page' ), true ) || ! evergreen_is_linked() ) {
		return $html;
	}
	list( $own, $site ) = array_map( 'esc_url', evergreen_beginnings() );
	$html               = str_replace( '>' . $own, '>' . $site, $html );
	return evergreen_is_shown( $post ) ? evergreen_site_links( $html ) : $html;
}

/**
 * The bar above wp-admin: "Visit Site", "View Post", "View Posts" and their kin.
 *
 * @param WP_Admin_Bar $bar The bar.
 */
function evergreen_link_admin_bar( $bar ) {
	if ( ! is_admin() || ! evergreen_is_linked() ) {
		return;
	}
	$screen = get_current_screen();
	$base   = $screen ? $screen->base : '';
	$nodes  = array( 'site-name', 'view-site' );
	if ( 'edit-post' === ( $screen ? $screen->id : '' ) ) {
		$nodes[] = 'archive';
	} elseif ( 'post' === $base ? evergreen_is_shown( get_post() ) : in_array( $base, array( 'term', 'user-edit', 'profile' ), true ) ) {
		$nodes[] = 'view';
	}
	foreach ( $nodes as $id ) {
		$node = $bar->get_node( $id );
		if ( $node && is_string( $node->href ) ) {
			$bar->add_node(
				array(
					'id'   => $id,
					'href' => evergreen_site_link( $node->href ),
				)
			);
		}
	}
}

/**
 * The block editor shows the address that it reads. It comes with a nonce, or asks within wp-admin; the site
 * and others that read by REST come with neither, and get WordPress's own.
 *
 * @param WP_REST_Response $response A post as it is sent.
 * @param WP_Post          $post     The post.
 * @param WP_REST_Request  $request  What was asked for.
 * @return WP_REST_Response
 */
function evergreen_link_in_editor( $response, $post, $request ) {
	// phpcs:ignore WordPress.Security.NonceVerification -- WordPress has verified it.
	$is_editor = is_admin() || isset( $_SERVER['HTTP_X_WP_NONCE'] ) || isset( $_REQUEST['_wpnonce'] );
	if ( 'edit' !== $request['context'] || ! $is_editor || ! evergreen_is_linked() ) {
		return $response;
	}
	// Without its preview, that of a draft would lead nowhere.
	$names = evergreen_is_shown( $post ) ? array( 'link', 'permalink_template' ) : array( 'permalink_template' );
	foreach ( $names as $name ) {
		if ( isset( $response->data[ $name ] ) ) {
			$response->data[ $name ] = evergreen_site_link( $response->data[ $name ] );
		}
	}
	return $response;
}

/**
 * Search engines are to list the site, and not WordPress's own pages.
 *
 * @param array<string, string> $headers The headers of a page.
 * @return array<string, string>
 */
function evergreen_forbid_indexing( $headers ) {
	list( $own, $site ) = evergreen_beginnings();
	if ( $own !== $site && evergreen_is_linked() ) {
		$headers['X-Robots-Tag'] = 'noindex';
	}
	return $headers;
}

/**
 * The same in the page, for where caches drop headers.
 *
 * @param array<string, bool|string> $robots What the page asks of robots.
 * @return array<string, bool|string>
 */
function evergreen_forbid_robots( $robots ) {
	return evergreen_forbid_indexing( array() ) ? wp_robots_no_robots( $robots ) : $robots;
}

/** Sends visitors of WordPress's own pages to the same address on the site. */
function evergreen_redirect_visitor() {
	if ( 'visitors' !== evergreen_settings()['links'] || ! evergreen_is_configured() || ! evergreen_is_redirected() ) {
		return;
	}
	// To /login and /admin WordPress has redirects of its own.
	wp_redirect_admin_locations();
	list( $own, $site ) = evergreen_beginnings();
	$path               = substr( $own, strpos( $own, '/', strlen( 'https://' ) ) );
	$asked              = esc_url_raw( wp_unslash( $_SERVER['REQUEST_URI'] ?? '' ) );
	$target             = $site . substr( $asked, strlen( $path ) );
	// Behind a proxy WordPress may be asked by the name of the site: never in a circle.
	$here  = '//' . sanitize_text_field( wp_unslash( $_SERVER['HTTP_HOST'] ?? '' ) ) . $asked;
	$there = preg_replace( '~^\w+:~', '', $target );
	if ( 0 === strpos( $asked, $path ) && 0 !== strcasecmp( $here, $there ) ) {
		evergreen_send_to( $target, 301 );
	}
}

/**
 * Whether this is a visit of a page that the site may have. Not redirected are people who write here, what
 * they look at while they do, the site itself, robots.txt, and what the site has no page for. Login, REST,
 * WP-Cron and XML-RPC do not come here.
 *
 * @return bool
 */
function evergreen_is_redirected() {
	$is_visit  = in_array( $_SERVER['REQUEST_METHOD'] ?? '', array( 'GET', 'HEAD' ), true ) && '' === evergreen_asked_for();
	$is_work   = current_user_can( 'edit_posts' ) || is_preview() || is_customize_preview() || wp_doing_ajax() || defined( 'WP_CLI' );
	$is_for_us = is_robots() || is_favicon() || is_embed() || is_comment_feed() || is_post_type_archive() || is_tax();
	$is_other  = is_singular() && ! is_attachment() && ! evergreen_is_shown( get_queried_object() );
	$files     = array( content_url( '/' ), includes_url(), admin_url() );
	$asked     = evergreen_origin_of( home_url() ) . esc_url_raw( wp_unslash( $_SERVER['REQUEST_URI'] ?? '' ) );
	foreach ( $files as $folder ) {
		$is_for_us = $is_for_us || 0 === strpos( set_url_scheme( $asked, 'http' ), set_url_scheme( $folder, 'http' ) );
	}
	return $is_visit && ! $is_work && ! $is_for_us && ! $is_other;
}

/*
 * The settings page.
 */

add_action( 'admin_menu', 'evergreen_add_page' );
add_action( 'admin_init', 'evergreen_register_settings' );
add_action( 'admin_post_evergreen_test', 'evergreen_handle_button' );
add_action( 'admin_post_evergreen_purge', 'evergreen_handle_button' );
add_action( 'admin_post_evergreen_resend', 'evergreen_handle_button' );
add_action( 'admin_post_evergreen_remove', 'evergreen_handle_button' );
add_filter( 'plugin_action_links_' . plugin_basename( __FILE__ ), 'evergreen_add_link' );

/** Adds the page to the menu. */
function evergreen_add_page() {
	$page = add_options_page( 'Evergreen', 'Evergreen', 'manage_options', 'evergreen', 'evergreen_show_page' );
	add_action( "admin_print_styles-$page", 'evergreen_enqueue_style' );
}

/** How the page looks, on a phone too. */
function evergreen_enqueue_style() {
	wp_enqueue_style( 'evergreen', plugins_url( 'admin.css', __FILE__ ), array(), EVERGREEN_VERSION );
}

/**
 * Adds a link in the list of plugins.
 *
 * @param string[] $links The links.
 * @return string[]
 */
function evergreen_add_link( $links ) {
	$link = sprintf( '<a href="%s">%s</a>', esc_url( evergreen_page_url() ), esc_html__( 'Settings', 'evergreen' ) );
	return array_merge( array( $link ), $links );
}

/**
 * Where the page is.
 *
 * @return string
 */
function evergreen_page_url() {
	return admin_url( 'options-general.php?page=evergreen' );
}

/** WordPress checks the nonce and the capability when it saves. */
function evergreen_register_settings() {
	register_setting( 'evergreen', 'evergreen_settings', array( 'sanitize_callback' => 'evergreen_sanitize_settings' ) );
	// From now on the site is told what only administrators see, such as the menu.
	add_action( 'add_option_evergreen_settings', 'evergreen_note_site', 10, 0 );
	add_action( 'update_option_evergreen_settings', 'evergreen_note_site', 10, 0 );
}

/**
 * What is saved. The secret's field comes empty, which keeps the secret.
 *
 * @param mixed $input What was entered.
 * @return array{url: string, secret: string, links: string}
 */
function evergreen_sanitize_settings( $input ) {
	$input = (array) $input;
	$saved = (array) get_option( 'evergreen_settings', array() );
	$typed = is_string( $input['url'] ?? null ) ? trim( $input['url'] ) : '';
	$url   = evergreen_clean_url( $typed );
	if ( '' === $url && '' !== $typed ) {
		add_settings_error( 'evergreen_settings', 'url', __( 'The URL must begin with https:// or http://.', 'evergreen' ) );
	}
	// No control characters: it becomes a header.
	$secret = preg_replace( '/[[:cntrl:]]/', '', trim( is_string( $input['secret'] ?? null ) ? $input['secret'] : '' ) );
	return array(
		'url'    => isset( $input['url'] ) ? $url : (string) ( $saved['url'] ?? '' ),
		'secret' => '' === $secret ? (string) ( $saved['secret'] ?? '' ) : $secret,
		'links'  => evergreen_clean_links( $input['links'] ?? $saved['links'] ?? '' ),
	);
}

/** A button was pressed: does its work, and shows the page again with what came out. */
function evergreen_handle_button() {
	$button = str_replace( 'admin_post_', '', current_action() );
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'You may not do this.', 'evergreen' ), '', array( 'response' => 403 ) );
	}
	check_admin_referer( $button );

	if ( 'evergreen_test' === $button ) {
		$result = evergreen_test_connection();
	} else {
		$why     = array(
			'evergreen_purge'  => 'all',
			'evergreen_remove' => 'removals',
		)[ $button ] ?? 'retry';
		$pending = evergreen_pending();
		$entry   = evergreen_log_add( evergreen_merge( $pending ), $why );
		if ( 'removals' === $why ) {
			// About everything, so what is pending is in it.
			$body = array(
				'source'  => 'wordpress',
				'changed' => true,
				'confirm' => 'removals',
			);
			evergreen_settle( $entry, $pending, evergreen_request( $body, EVERGREEN_BACKGROUND_TIMEOUT ) );
		} else {
			evergreen_deliver( $entry, $pending, 'all' === $why ? array( 'path' => '/*' ) : array(), EVERGREEN_BACKGROUND_TIMEOUT );
		}
		$entry = evergreen_log_entry( $entry['id'] );
		if ( 'waiting' === $entry['state'] ) {
			// The notice on the page asks on, and says what came out.
			set_transient( 'evergreen_notice_' . get_current_user_id(), $entry['id'], MINUTE_IN_SECONDS );
			wp_safe_redirect( evergreen_page_url() );
			exit;
		}
		$result = array(
			'ok'      => 'fresh' === $entry['state'],
			'message' => 'fresh' === $entry['state'] ? evergreen_sentence( $entry ) : $entry['message'],
		);
	}
	set_transient( 'evergreen_result_' . get_current_user_id(), $result, MINUTE_IN_SECONDS );
	wp_safe_redirect( evergreen_page_url() );
	exit;
}

/**
 * Asks the site what it would do, and has it read this WordPress back.
 *
 * @return array{ok: bool, message: string, findings?: array<int, array{state: string, message: string}>}
 */
function evergreen_test_connection() {
	if ( ! evergreen_is_configured() ) {
		return array(
			'ok'      => false,
			'message' => __( 'Enter the URL and the secret first, and save them.', 'evergreen' ),
		);
	}
	$outcome  = evergreen_request(
		array(
			'changed' => true,
			'dryRun'  => '1',
		),
		evergreen_patience()
	);
	$findings = evergreen_findings();
	$ok       = 'fresh' === $outcome['state'];
	$message  = $outcome['message'];
	if ( $ok && in_array( 'fault', array_column( $findings, 'state' ), true ) ) {
		$ok      = false;
		$message = __( 'The site answers, but something has to be fixed:', 'evergreen' );
	} elseif ( $ok && 0 === $outcome['count'] ) {
		$message = __( 'The connection works, and every page is fresh.', 'evergreen' );
	} elseif ( $ok ) {
		// translators: %d: how many pages.
		$message = sprintf( _n( 'The connection works. %d page is not fresh yet.', 'The connection works. %d pages are not fresh yet.', $outcome['count'], 'evergreen' ), $outcome['count'] );
	}
	return array(
		'ok'       => $ok,
		'message'  => $message,
		'findings' => $findings,
	);
}

/**
 * What the site finds when it reads this WordPress back, in its own words.
 *
 * @return array<int, array{state: string, message: string}> Empty if it cannot be asked.
 */
function evergreen_findings() {
	$response = evergreen_post( '/api/check-wordpress?home=' . rawurlencode( home_url() ), array(), evergreen_patience() );
	if ( is_wp_error( $response ) && evergreen_is_late( $response ) ) {
		return array(
			array(
				'state'   => 'note',
				'message' => __( 'The site has not read this WordPress back within 5 seconds.', 'evergreen' ),
			),
		);
	}
	$answer   = json_decode( wp_remote_retrieve_body( $response ), true );
	$findings = array();
	foreach ( (array) ( $answer['findings'] ?? array() ) as $finding ) {
		if ( is_string( $finding['state'] ?? null ) && is_string( $finding['message'] ?? null ) ) {
			$findings[] = $finding;
		}
	}
	return $findings;
}

/** The page. */
function evergreen_show_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	$settings  = evergreen_settings();
	$transient = 'evergreen_result_' . get_current_user_id();
	$result    = get_transient( $transient );
	$pending   = count( evergreen_merge( evergreen_pending() ) );
	$refused   = evergreen_refused_removals();
	delete_transient( $transient );
	?>
	<div class="wrap">
		<h1>Evergreen</h1>
		<?php if ( is_array( $result ) ) : ?>
			<div id="evergreen-result" class="notice <?php echo $result['ok'] ? 'notice-success' : 'notice-error'; ?>" role="status">
				<p><?php echo esc_html( $result['message'] ); ?></p>
				<?php evergreen_show_findings( $result['findings'] ?? array() ); ?>
			</div>
		<?php endif; ?>
		<form method="post" action="options.php">
			<?php settings_fields( 'evergreen' ); ?>
			<table class="form-table" role="presentation">
				<tr>
					<th scope="row"><label for="evergreen-url"><?php esc_html_e( 'URL of the site', 'evergreen' ); ?></label></th>
					<td>
						<?php if ( null !== evergreen_constant( 'EVERGREEN_URL' ) ) : ?>
							<input id="evergreen-url" type="url" class="regular-text" readonly value="<?php echo esc_attr( $settings['url'] ); ?>">
							<p class="description"><?php esc_html_e( 'Set in wp-config.php.', 'evergreen' ); ?></p>
						<?php else : ?>
							<input id="evergreen-url" type="url" class="regular-text" name="evergreen_settings[url]" placeholder="https://blog.example.com" value="<?php echo esc_attr( $settings['url'] ); ?>">
						<?php endif; ?>
					</td>
				</tr>
				<tr>
					<th scope="row"><label for="evergreen-secret"><?php esc_html_e( 'Secret', 'evergreen' ); ?></label></th>
					<td>
						<?php if ( null !== evergreen_constant( 'EVERGREEN_SECRET' ) ) : ?>
							<input id="evergreen-secret" type="text" class="regular-text" readonly value="••••••••">
							<p class="description"><?php esc_html_e( 'Set in wp-config.php.', 'evergreen' ); ?></p>
						<?php else : ?>
							<input id="evergreen-secret" type="password" class="regular-text" name="evergreen_settings[secret]" autocomplete="off" value="" aria-describedby="evergreen-secret-help">
							<p class="description" id="evergreen-secret-help">
								<?php
								echo '' === $settings['secret']
									? esc_html__( 'The value of MY_SECRET_TOKEN on the site.', 'evergreen' )
									: esc_html__( 'A secret is saved. Leave this empty to keep it.', 'evergreen' );
								?>
							</p>
						<?php endif; ?>
						<?php if ( '' !== $settings['secret'] && '' !== evergreen_previews_closed() ) : ?>
							<p class="description" id="evergreen-previews"><?php echo esc_html( evergreen_previews_closed() ); ?></p>
						<?php endif; ?>
					</td>
				</tr>
				<tr>
					<th scope="row"><?php esc_html_e( 'Links and visitors', 'evergreen' ); ?></th>
					<td><?php evergreen_show_links( $settings['links'] ); ?></td>
				</tr>
			</table>
			<?php submit_button(); ?>
		</form>
		<h2><?php esc_html_e( 'Connection', 'evergreen' ); ?></h2>
		<?php
		evergreen_show_button( 'evergreen_test', __( 'Test the connection', 'evergreen' ) );
		evergreen_show_button( 'evergreen_purge', __( 'Purge everything', 'evergreen' ) );
		if ( $pending ) {
			// translators: %d: how many changes.
			echo '<p>' . esc_html( sprintf( _n( '%d change has not arrived at the site yet.', '%d changes have not arrived at the site yet.', $pending, 'evergreen' ), $pending ) ) . '</p>';
			evergreen_show_button( 'evergreen_resend', __( 'Send again now', 'evergreen' ) );
		}
		if ( $refused ) {
			printf( '<div id="evergreen-removals" class="notice notice-warning inline"><p>%s</p>', esc_html( $refused['message'] ) );
			evergreen_show_button( 'evergreen_remove', __( 'Remove these posts from the site', 'evergreen' ) );
			echo '</div>';
		}
		evergreen_show_log();
		?>
	</div>
	<?php
}

/**
 * The choice of where links lead.
 *
 * @param string $chosen One of EVERGREEN_LINKS.
 */
function evergreen_show_links( $chosen ) {
	$choices = array(
		'wordpress' => __( 'Links in WordPress lead to its own pages.', 'evergreen' ),
		'site'      => __( 'Links such as View Post lead to the site, and search engines are asked not to list WordPress’s own pages.', 'evergreen' ),
		'visitors'  => __( 'Visitors of WordPress’s own pages are sent to the site as well, unless they are signed in and write here.', 'evergreen' ),
	);
	echo '<fieldset><legend class="screen-reader-text">' . esc_html__( 'Links and visitors', 'evergreen' ) . '</legend>';
	foreach ( $choices as $value => $words ) {
		printf(
			'<label class="evergreen-choice"><input type="radio" name="evergreen_settings[links]" value="%1$s"%2$s> <span>%3$s</span></label>',
			esc_attr( $value ),
			checked( $chosen, $value, false ),
			esc_html( $words )
		);
	}
	echo '</fieldset>';
}

/**
 * What the site found.
 *
 * @param array<int, array{state: string, message: string}> $findings Each on a line of its own.
 */
function evergreen_show_findings( $findings ) {
	$icons = array(
		'good'  => 'yes-alt',
		'note'  => 'info-outline',
		'fault' => 'warning',
	);
	foreach ( $findings as $finding ) {
		printf(
			'<p><span class="dashicons dashicons-%s" aria-hidden="true"></span> %s</p>',
			esc_attr( $icons[ $finding['state'] ] ?? 'info-outline' ),
			esc_html( $finding['message'] )
		);
	}
}

/**
 * A button that is a form of its own.
 *
 * @param string $action What it does.
 * @param string $label  What it says.
 */
function evergreen_show_button( $action, $label ) {
	?>
	<form method="post" action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>" class="evergreen-button">
		<input type="hidden" name="action" value="<?php echo esc_attr( $action ); ?>">
		<?php wp_nonce_field( $action ); ?>
		<?php submit_button( $label, 'secondary', $action, false ); ?>
	</form>
	<?php
}

/** The last purges. */
function evergreen_show_log() {
	$log = evergreen_log();
	echo '<h2>' . esc_html__( 'The last purges', 'evergreen' ) . '</h2>';
	if ( ! $log ) {
		echo '<p>' . esc_html__( 'Nothing has changed yet.', 'evergreen' ) . '</p>';
		return;
	}
	$columns = array(
		'time'   => __( 'Time', 'evergreen' ),
		'what'   => __( 'What changed', 'evergreen' ),
		'result' => __( 'Result', 'evergreen' ),
		'pages'  => __( 'Pages', 'evergreen' ),
		'ms'     => __( 'Duration', 'evergreen' ),
	);
	?>
	<table class="widefat striped" id="evergreen-log">
		<thead>
			<tr>
				<?php foreach ( $columns as $name ) : ?>
					<th scope="col"><?php echo esc_html( $name ); ?></th>
				<?php endforeach; ?>
			</tr>
		</thead>
		<tbody>
			<?php foreach ( $log as $entry ) : ?>
				<tr>
					<td data-column="<?php echo esc_attr( $columns['time'] ); ?>"><?php echo esc_html( wp_date( 'Y-m-d H:i:s', $entry['time'] ) ); ?></td>
					<td data-column="<?php echo esc_attr( $columns['what'] ); ?>"><?php echo esc_html( evergreen_what_changed( $entry ) ); ?></td>
					<td data-column="<?php echo esc_attr( $columns['result'] ); ?>" class="evergreen-<?php echo esc_attr( $entry['state'] ); ?>"><?php echo esc_html( evergreen_result( $entry ) ); ?></td>
					<td data-column="<?php echo esc_attr( $columns['pages'] ); ?>"><?php evergreen_show_pages( $entry ); ?></td>
					<td data-column="<?php echo esc_attr( $columns['ms'] ); ?>"><?php echo esc_html( number_format_i18n( $entry['ms'] ) ); ?> ms</td>
				</tr>
			<?php endforeach; ?>
		</tbody>
	</table>
	<?php
}

/**
 * The pages of an entry, folded.
 *
 * @param array<string, mixed> $entry The entry.
 */
function evergreen_show_pages( $entry ) {
	if ( ! $entry['pages'] ) {
		echo '–';
		return;
	}
	// translators: %s: how many pages.
	printf( '<details><summary>%s</summary><ul>', esc_html( sprintf( _n( '%s page', '%s pages', $entry['count'], 'evergreen' ), number_format_i18n( $entry['count'] ) ) ) );
	foreach ( $entry['pages'] as $page ) {
		printf( '<li>%1$s %2$s</li>', esc_html( rawurldecode( $page['path'] ) ), esc_html( evergreen_page_result( $page['result'] ) ) );
	}
	if ( $entry['count'] > count( $entry['pages'] ) ) {
		// translators: %d: how many pages.
		printf( '<li>%s</li>', esc_html( sprintf( __( 'and %d more', 'evergreen' ), $entry['count'] - count( $entry['pages'] ) ) ) );
	}
	echo '</ul></details>';
}

/**
 * What an entry is about.
 *
 * @param array<string, mixed> $entry The entry.
 * @return string Plain text; titles are as their authors wrote them.
 */
function evergreen_what_changed( $entry ) {
	if ( 'all' === $entry['why'] ) {
		return __( 'Purge everything', 'evergreen' );
	}
	if ( 'removals' === $entry['why'] ) {
		return __( 'Removal of posts', 'evergreen' );
	}
	if ( 'paths' === $entry['why'] ) {
		return __( 'Purge of some paths', 'evergreen' );
	}
	$names = array();
	foreach ( array_slice( $entry['posts'], 0, 3 ) as $id ) {
		$post    = get_post( $id );
		$names[] = $post && '' !== $post->post_title ? $post->post_title : "#$id";
	}
	$others = $entry['changes'] - count( $names );
	if ( $others > 0 ) {
		// translators: %d: how many things changed, such as terms and settings.
		$names[] = sprintf( _n( '%d other', '%d others', $others, 'evergreen' ), $others );
	}
	return implode( ', ', $names );
}

/**
 * An entry's result in a few words.
 *
 * @param array<string, mixed> $entry The entry.
 * @return string
 */
function evergreen_result( $entry ) {
	if ( 'failed' === $entry['state'] ) {
		return $entry['message'];
	}
	return 'fresh' === $entry['state'] ? __( 'Fresh', 'evergreen' ) : __( 'No answer yet', 'evergreen' );
}

/**
 * A page's result, translated.
 *
 * @param string $result As the site reports it.
 * @return string
 */
function evergreen_page_result( $result ) {
	$words = array(
		'regenerated' => __( 'refreshed', 'evergreen' ),
		'removed'     => __( 'removed', 'evergreen' ),
		'failed'      => __( 'failed', 'evergreen' ),
	);
	return $words[ $result ] ?? '';
}
