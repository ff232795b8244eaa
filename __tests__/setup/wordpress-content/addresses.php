<?php
/**
 * Prints what WordPress has, with the addresses that it has now. Runs inside WordPress.
 */

$title_of = static fn( $text ) => html_entity_decode( wp_strip_all_tags( $text ), ENT_QUOTES | ENT_HTML5 );
$with_slug = static function ( $post, $slug, $date = null ) {
	$as_was            = clone $post;
	$as_was->post_name = $slug;
	$as_was->post_date = $date ?? $post->post_date;
	// What has this filter is not read again.
	$as_was->filter = 'sample';
	return get_permalink( $as_was );
};
$published = static fn( $more ) => get_posts( array( 'numberposts' => -1, 'fields' => 'ids', 'ignore_sticky_posts' => true, 'has_password' => false ) + $more );

$entries = array();
foreach ( get_posts( array( 'post_type' => array( 'post', 'page' ), 'numberposts' => -1 ) ) as $post ) {
	$earlier = array();
	foreach ( get_post_meta( $post->ID, '_wp_old_slug' ) as $slug ) {
		$earlier[] = $with_slug( $post, $slug );
	}
	foreach ( get_post_meta( $post->ID, '_wp_old_date' ) as $date ) {
		$earlier[] = $with_slug( $post, $post->post_name, "$date 12:00:00" );
	}
	$entries[] = array(
		'id'       => $post->ID,
		'kind'     => $post->post_type,
		'title'    => $title_of( $post->post_title ),
		'address'  => get_permalink( $post ),
		'earlier'  => $earlier,
		'isLocked' => '' !== $post->post_password,
	);
}

$lists = array();
foreach ( get_terms( array( 'taxonomy' => array( 'category', 'post_tag' ), 'pad_counts' => true ) ) as $term ) {
	$is_tag  = 'post_tag' === $term->taxonomy;
	$lists[] = array(
		'id'      => $term->term_id,
		'kind'    => $is_tag ? 'tag' : 'category',
		'slug'    => $term->slug,
		'title'   => $title_of( $term->name ),
		'address' => get_term_link( $term ),
		'members' => $published( $is_tag ? array( 'tag_id' => $term->term_id ) : array( 'category' => $term->term_id ) ),
	);
}
foreach ( get_users( array( 'has_published_posts' => array( 'post' ) ) ) as $user ) {
	$lists[] = array(
		'id'      => $user->ID,
		'kind'    => 'author',
		'slug'    => $user->user_nicename,
		'title'   => $title_of( $user->display_name ),
		'address' => get_author_posts_url( $user->ID ),
		'members' => $published( array( 'author' => $user->ID ) ),
	);
}

$attachments = array();
foreach ( get_posts( array( 'post_type' => 'attachment', 'numberposts' => -1 ) ) as $post ) {
	$attachments[] = array(
		'id'      => $post->ID,
		'parent'  => $post->post_parent,
		'address' => get_attachment_link( $post->ID ),
		'file'    => wp_get_attachment_url( $post->ID ),
	);
}

// The site has no page of a term or an author whose posts all have a password.
$lists = array_values( array_filter( $lists, static fn( $one ) => (bool) $one['members'] ) );

echo wp_json_encode( compact( 'entries', 'lists', 'attachments' ) + array( 'newest' => $published( array() ) ) );
