<?php
/**
 * Comments: what the site reads of them with their post, and when it is told that they changed. Only those count
 * that visitors see: what a stranger writes and nobody approved causes no purge.
 *
 * @package Evergreen
 */

defined( 'ABSPATH' ) || exit;

/** Comments that the site shows of a post, the oldest, and the bytes of all their texts. */
const EVERGREEN_COMMENTS       = 500;
const EVERGREEN_COMMENTS_BYTES = 262144;

/** Changes with each comment: the date of the post does not. */
const EVERGREEN_COMMENTS_VERSION = '_evergreen_comments';

add_action( 'rest_api_init', 'evergreen_register_comments' );
add_action( 'transition_comment_status', 'evergreen_on_comment_status', 10, 3 );
add_action( 'wp_insert_comment', 'evergreen_on_comment_saved' );
add_action( 'edit_comment', 'evergreen_on_comment_saved' );

/** Has REST tell a post's comments, and by a short text whether they changed. */
function evergreen_register_comments() {
	$fields = array(
		'evergreen_comments'         => array( 'evergreen_read_comments', 'object' ),
		'evergreen_comments_version' => array( 'evergreen_read_comments_version', 'string' ),
	);
	foreach ( $fields as $name => list( $read, $type ) ) {
		register_rest_field(
			array( 'post', 'page' ),
			$name,
			array(
				'get_callback' => static function ( $post, $field, $request ) use ( $read ) {
					// Not for the editor, or anybody else who asks for all that there is.
					$is_asked = in_array( $field, wp_parse_list( $request['_fields'] ?? '' ), true );
					return $is_asked ? $read( get_post( $post['id'] ) ) : null;
				},
				'schema'       => array(
					'type'    => array( $type, 'null' ),
					'context' => array( 'view' ),
				),
			)
		);
	}
}

/**
 * The comments on a post that strangers see, as REST has them, the oldest first; and how many there are.
 *
 * @param WP_Post $post The post.
 * @return array{total: int, list: array<int, array<string, mixed>>}
 */
function evergreen_read_comments( $post ) {
	$list = array();
	if ( ! evergreen_is_public( $post ) || ! post_type_supports( $post->post_type, 'comments' ) || ! get_comments_number( $post ) ) {
		return array(
			'total' => 0,
			'list'  => $list,
		);
	}
	$asked    = array(
		'post_id' => $post->ID,
		'status'  => 'approve',
		'type'    => 'comment',
	);
	$comments = get_comments(
		$asked + array(
			'orderby'                   => array(
				'comment_date_gmt' => 'ASC',
				'comment_ID'       => 'ASC',
			),
			'number'                    => EVERGREEN_COMMENTS,
			'update_comment_meta_cache' => false,
		)
	);
	$bytes    = 0;
	foreach ( $comments as $comment ) {
		/** This filter is documented in wp-includes/comment-template.php */
		$text   = (string) apply_filters( 'comment_text', $comment->comment_content, $comment, array() ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound
		$bytes += strlen( $text );
		if ( $bytes > EVERGREEN_COMMENTS_BYTES ) {
			break;
		}
		$list[] = array(
			'id'          => (int) $comment->comment_ID,
			'parent'      => (int) $comment->comment_parent,
			'author_name' => $comment->comment_author,
			'author_url'  => $comment->comment_author_url,
			'date'        => mysql_to_rfc3339( $comment->comment_date ),
			'date_gmt'    => mysql_to_rfc3339( $comment->comment_date_gmt ),
			'content'     => array( 'rendered' => $text ),
		);
	}
	$is_all = count( $comments ) < EVERGREEN_COMMENTS;
	return array(
		'total' => $is_all ? count( $comments ) : (int) get_comments( $asked + array( 'count' => true ) ),
		'list'  => $list,
	);
}

/**
 * A text that differs when the comments on a post do; it costs no question to the database.
 *
 * @param WP_Post $post The post.
 * @return string
 */
function evergreen_read_comments_version( $post ) {
	return "{$post->comment_count} " . get_post_meta( $post->ID, EVERGREEN_COMMENTS_VERSION, true );
}

/**
 * A comment was approved, or is not any more: held back, taken for spam, in the trash, deleted for good.
 *
 * @param string     $new_status Its status now.
 * @param string     $old_status Its status before.
 * @param WP_Comment $comment    The comment.
 */
function evergreen_on_comment_status( $new_status, $old_status, $comment ) {
	if ( in_array( 'approved', array( $new_status, $old_status ), true ) ) {
		evergreen_note_comment( $comment );
	}
}

/**
 * A comment was added or edited.
 *
 * @param int $id Its id.
 */
function evergreen_on_comment_saved( $id ) {
	$comment = get_comment( $id );
	if ( $comment && '1' === (string) $comment->comment_approved ) {
		evergreen_note_comment( $comment );
	}
}

/**
 * Notes the post of a comment. Mentions in other blogs are comments as well, of another type, and not shown.
 *
 * @param WP_Comment $comment The comment.
 */
function evergreen_note_comment( $comment ) {
	if ( 'comment' === get_comment_type( $comment ) ) {
		update_post_meta( (int) $comment->comment_post_ID, EVERGREEN_COMMENTS_VERSION, uniqid() );
		evergreen_note_published( (int) $comment->comment_post_ID );
	}
}
