<?php
/**
 * News: what a webhook carries of the posts that changed, as REST shows them to a stranger, so that the site
 * need not ask.
 *
 * The site takes them only if their numbers go on from what it has. So each request that changes something
 * raises a counter twice: once its first change is in the database, so that news which never arrive leave
 * a gap; and once its last one is. What is told is read from the database after that.
 *
 * @package Evergreen
 */

defined( 'ABSPATH' ) || exit;

/** Posts told of in full; the site reads the others. */
const EVERGREEN_MOST_SHOWN = 20;

/** Bytes of a webhook with its news: the site takes 1 MB. */
const EVERGREEN_MOST_BYTES = 1000000;

/** Seconds that making the news may take, beside the post that is being made. */
const EVERGREEN_NEWS_SECONDS = 0.5;

/** What the site reads of a post. */
const EVERGREEN_POST_FIELDS = 'id,modified_gmt,link,categories,tags,author,featured_media,sticky,lang,translations,evergreen_comments_version,type,status,slug,parent,date,date_gmt,modified,title,excerpt,content,comment_status,evergreen_old_slugs,evergreen_comments,yoast_head_json.title,yoast_head_json.description,yoast_head_json.canonical,yoast_head_json.robots,yoast_head_json.og_title,yoast_head_json.og_description,yoast_head_json.og_image,meta.rank_math_title,meta.rank_math_description,meta.rank_math_canonical_url,meta.rank_math_robots,meta.rank_math_facebook_title,meta.rank_math_facebook_description,meta.rank_math_facebook_image';

/** And of its categories and tags. */
const EVERGREEN_TERM_FIELDS = 'id,name,slug,link,parent,taxonomy,description,lang';

/**
 * The numbers that this request has raised the counter to, on this site of a network.
 *
 * @return int[]
 */
function &evergreen_numbers() {
	static $numbers = array();

	$site             = get_current_blog_id();
	$numbers[ $site ] = $numbers[ $site ] ?? array();
	return $numbers[ $site ];
}

/** Raises the counter, in one step of the database: two requests never get the same number. */
function evergreen_raise() {
	global $wpdb;
	$raise = "UPDATE $wpdb->options SET option_value = LAST_INSERT_ID( option_value + 1 ) WHERE option_name = 'evergreen_number'";
	// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL -- The options API reads and writes in two steps.
	if ( ! $wpdb->query( $raise ) ) {
		add_option( 'evergreen_number', '0', '', false );
		$wpdb->query( $raise );
	}
	$number = (int) $wpdb->get_var( 'SELECT LAST_INSERT_ID()' );
	// phpcs:enable
	if ( $number > 0 ) {
		$numbers   = &evergreen_numbers();
		$numbers[] = $number;
	}
}

/** The first change of a request was made. */
function evergreen_begin_news() {
	if ( ! evergreen_numbers() && evergreen_is_configured() ) {
		evergreen_raise();
	}
}

/**
 * The last change of a request was made.
 *
 * @return string The name of the option in which the changes wait; it tells their numbers.
 */
function evergreen_end_news() {
	evergreen_raise();
	$numbers = &evergreen_numbers();
	$name    = implode( '-', $numbers ) . '_' . str_replace( '.', '', uniqid( '', true ) );
	$numbers = array();
	return "evergreen_pending_$name";
}

/**
 * The numbers of what is pending.
 *
 * @param string[] $names The names of options.
 * @return int[] Empty if one of them has none, as those of earlier versions.
 */
function evergreen_numbers_of( $names ) {
	$numbers = array();
	foreach ( $names as $name ) {
		if ( ! preg_match( '~^evergreen_pending_(\d+(?:-\d+)*)_~', $name, $found ) ) {
			return array();
		}
		array_push( $numbers, ...array_map( 'intval', explode( '-', $found[1] ) ) );
	}
	sort( $numbers );
	return $numbers;
}

/**
 * The name under which this WordPress numbers its news. A copy of it at another address has another one.
 *
 * @return string
 */
function evergreen_news_from() {
	$id = get_option( 'evergreen_id' );
	if ( ! is_string( $id ) || '' === $id ) {
		$id = wp_generate_uuid4();
		add_option( 'evergreen_id', $id, '', false );
	}
	return hash( 'sha256', $id . ' ' . home_url() . ' ' . site_url() );
}

/**
 * What is told, with news of it where that can be.
 *
 * @param array<string, mixed> $body  What is told: its changes as things are now.
 * @param string[]             $names The options in which they wait.
 * @return array<string, mixed>
 */
function evergreen_with_news( $body, $names ) {
	$numbers = evergreen_numbers_of( $names );
	// In wp-admin plugins may show posts in another way than REST.
	if ( ! $numbers || ! $body['changes'] || is_admin() || ! evergreen_forget_cached() ) {
		return $body;
	}
	$body['news'] = array(
		'site'    => evergreen_news_from(),
		'numbers' => $numbers,
	);

	$user        = get_current_user_id();
	$is_switched = determine_locale() !== get_locale() && switch_to_locale( get_locale() );
	wp_set_current_user( 0 );
	$until = microtime( true ) + EVERGREEN_NEWS_SECONDS;
	$room  = EVERGREEN_MOST_BYTES - strlen( (string) wp_json_encode( $body ) );
	$shown = 0;
	foreach ( $body['changes'] as $index => $change ) {
		if ( 'post' !== $change['kind'] || 'publish' !== $change['status'] ) {
			continue;
		}
		if ( $shown >= EVERGREEN_MOST_SHOWN || microtime( true ) > $until ) {
			break;
		}
		try {
			$post = evergreen_shown_post( $change['id'] );
		} catch ( Throwable $failure ) {
			// Of a plugin that makes the post: the site reads it, and hears of that.
			$post = null;
		}
		$bytes = strlen( (string) wp_json_encode( $post ) );
		if ( $post && $bytes < $room ) {
			$body['changes'][ $index ]['shown'] = $post;

			$room  -= $bytes + 20;
			$shown += 1;
		}
	}
	wp_set_current_user( $user );
	if ( $is_switched ) {
		restore_previous_locale();
	}
	return $body;
}

/**
 * Has everything read from the database: another request may have changed what this one has read already.
 *
 * @return bool Whether that can be.
 */
function evergreen_forget_cached() {
	if ( ! wp_using_ext_object_cache() ) {
		return wp_cache_flush();
	}
	return function_exists( 'wp_cache_supports' ) && wp_cache_supports( 'flush_runtime' ) && wp_cache_flush_runtime();
}

/**
 * A post, with what it shows of others, as REST shows it to the current user.
 *
 * @param int $id The post's id.
 * @return array<string, mixed>|null
 */
function evergreen_shown_post( $id ) {
	$route = rest_get_route_for_post( $id );
	$post  = evergreen_rest( $route, array( '_fields' => EVERGREEN_POST_FIELDS ) );
	if ( ! $post ) {
		return null;
	}
	$author   = evergreen_rest( "/wp/v2/users/{$post['author']}", array( 'context' => 'embed' ) );
	$embedded = array( 'author' => array_filter( array( $author ) ) );
	foreach ( array( 'categories', 'tags' ) as $kind ) {
		if ( ! empty( $post[ $kind ] ) ) {
			$embedded['wp:term'][] = (array) evergreen_rest(
				"/wp/v2/$kind",
				array(
					'post'     => $id,
					'per_page' => 100,
					'_fields'  => EVERGREEN_TERM_FIELDS,
				)
			);
		}
	}
	if ( ! empty( $post['featured_media'] ) ) {
		$media = evergreen_rest( "/wp/v2/media/{$post['featured_media']}", array( 'context' => 'embed' ) );

		$embedded['wp:featuredmedia'] = array_filter( array( $media ) );
	}
	$post['_embedded'] = $embedded;
	return $post;
}

/**
 * What REST answers, without the way through a web server.
 *
 * @param string               $route      The route.
 * @param array<string, mixed> $parameters Its parameters.
 * @return array<string|int, mixed>|null Null if it refuses.
 */
function evergreen_rest( $route, $parameters ) {
	$request = new WP_REST_Request( 'GET', $route );
	$request->set_query_params( $parameters );
	$response = rest_do_request( $request );
	if ( $response->is_error() ) {
		return null;
	}
	return (array) rest_filter_response_fields( $response, rest_get_server(), $request )->get_data();
}
