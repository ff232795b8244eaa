<?php
/**
 * Content with all kinds of addresses that people's WordPresses have, for the crawl. Runs inside WordPress.
 * Titles and names are unique, except where two things of one name are the point.
 */

$term = static function ( $taxonomy, $name, $slug = '', $parent = 0 ) {
	$made = wp_insert_term( $name, $taxonomy, compact( 'slug', 'parent' ) );
	if ( is_wp_error( $made ) ) {
		throw new Exception( "$name: " . $made->get_error_message() );
	}
	return $made['term_id'];
};
$user = static fn( $login, $name ) => wp_insert_user(
	array(
		'user_login'   => $login,
		'user_pass'    => 'x',
		'user_email'   => "$login@example.com",
		'display_name' => $name,
		'role'         => 'author',
	)
);
$day  = 0;
$make = static function ( $fields ) use ( &$day ) {
	$day += 1;
	$fields += array(
		'post_status'  => 'publish',
		'post_type'    => 'post',
		'post_author'  => 1,
		'post_content' => "<!-- wp:paragraph -->\n<p>Words of {$fields['post_title']}.</p>\n<!-- /wp:paragraph -->",
		// A minute before midnight in UTC: the day in the address is the next one in the east.
		'post_date'    => gmdate( 'Y-m-d', strtotime( '2025-01-01' ) + $day * DAY_IN_SECONDS ) . ' 23:59:00',
	);
	$id = wp_insert_post( wp_slash( $fields ), true );
	if ( is_wp_error( $id ) ) {
		throw new Exception( "{$fields['post_title']}: " . $id->get_error_message() );
	}
	return $id;
};
$page    = static fn( $fields ) => $make( $fields + array( 'post_type' => 'page' ) );
$picture = static function ( $title, $parent ) {
	$file = wp_upload_bits( sanitize_title( $title ) . '.png', null, base64_decode( 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==' ) );
	return wp_insert_attachment(
		array(
			'post_title'     => $title,
			'post_mime_type' => 'image/png',
			'post_status'    => 'inherit',
			'post_parent'    => $parent,
		),
		$file['file'],
		$parent
	);
};

update_option( 'timezone_string', 'Europe/Istanbul' );

$guides = $term( 'category', 'Guides' );
$basics = $term( 'category', 'Basics', '', $guides );
$steps  = $term( 'category', 'First steps', '', $basics );
$cpp    = $term( 'category', 'C++', 'cpp' );
$csharp = $term( 'category', 'C#', 'csharp' );
$turkey = $term( 'category', 'İstanbul' );
$tools  = $term( 'category', 'Tools', 'tools', $guides );
$others = $term( 'category', 'Tools', 'other-tools', $basics );
$red    = $term( 'post_tag', 'red' );
$norway = $term( 'post_tag', 'norveç' );
$snake  = $term( 'post_tag', 'snake case', 'snake_case' );
$kana   = $term( 'post_tag', 'ガイド' );
// A slug that tags and categories share.
$shared = $term( 'post_tag', 'About guides', 'guides' );

$ada   = $user( 'ada', 'Ada Lovelace' );
$grace = $user( 'grace.hopper', 'Grace Hopper' );

// More than one page of all posts, of a category, a tag and an author, here and on the site.
foreach ( range( 1, 24 ) as $number ) {
	$make(
		array(
			'post_title'    => sprintf( 'Numbered %02d', $number ),
			'post_category' => array( $basics ),
			'tags_input'    => array( $red ),
			'post_author'   => $ada,
		)
	);
}
$in = static fn( $title, ...$categories ) => $make(
	array(
		'post_title'    => $title,
		'post_category' => $categories,
		'post_author'   => $grace,
	)
);
$in( 'Walking', $steps );
$in( 'Templates', $cpp );
$in( 'Properties', $csharp );
$in( 'Bosphorus', $turkey );
$in( 'Hammers', $tools );
$in( 'Saws', $others );
$in( 'In two', $cpp, $steps );
$tagged = static fn( $title, ...$tags ) => $make( array( 'post_title' => $title, 'tags_input' => $tags ) );
$tagged( 'Fjords', $norway );
$tagged( 'Underscores in a tag', $snake );
$tagged( 'Kana', $kana );
$tagged( 'On guides', $shared );

$slugged = static fn( $slug, $title ) => $make( array( 'post_name' => $slug, 'post_title' => $title ) );
$slugged( 'with_underscore', 'With an underscore' );
$slugged( 'party-🎉', 'A party' );
$slugged( 'ガイドブック', 'A guide book' );
$slugged( 'й', 'A short letter' );
$slugged( '1984', 'A year' );
$slugged( 'about', 'About, the post' );
$next = '<!-- wp:nextpage --><!--nextpage--><!-- /wp:nextpage -->';
$long = $slugged( 'in-parts', 'In parts' );
wp_update_post( array( 'ID' => $long, 'post_content' => "<p>One.</p>\n$next\n<p>Two.</p>\n$next\n<p>Three.</p>" ) );
$make( array( 'post_title' => 'Locked', 'post_password' => 'x' ) );

$page( array( 'post_title' => 'About, the page', 'post_name' => 'about' ) );
$services = $page( array( 'post_title' => 'Services' ) );
$products = $page( array( 'post_title' => 'Products' ) );
$pricing  = $page( array( 'post_title' => 'Pricing of services', 'post_name' => 'pricing', 'post_parent' => $services ) );
$page( array( 'post_title' => 'Pricing of products', 'post_name' => 'pricing', 'post_parent' => $products ) );
$page( array( 'post_title' => 'Discounts', 'post_parent' => $pricing ) );
$page( array( 'post_title' => 'A page_with underscores', 'post_name' => 'page_with_underscores' ) );
$page( array( 'post_title' => 'Çay', 'post_name' => 'çay' ) );
$page( array( 'post_title' => 'Below what is hidden', 'post_parent' => $page( array( 'post_title' => 'Hidden', 'post_status' => 'draft' ) ) ) );
$front = $page( array( 'post_title' => 'Welcome' ) );
$blog  = $page( array( 'post_title' => 'All our posts', 'post_name' => 'blog' ) );

$pictured = $make( array( 'post_title' => 'With a picture' ) );
set_post_thumbnail( $pictured, $picture( 'A tree', $pictured ) );
$picture( 'A chart', $pricing );
$picture( 'A loose leaf', 0 );

$sticky = $make( array( 'post_title' => 'Stays on top', 'post_date' => '2024-12-01 08:00:00' ) );
stick_post( $sticky );
foreach ( array( 1, 2 ) as $number ) {
	wp_insert_comment( array( 'comment_post_ID' => $sticky, 'comment_content' => "Comment $number", 'comment_approved' => 1 ) );
}

$renamed = $slugged( 'first-name', 'Renamed twice' );
wp_update_post( array( 'ID' => $renamed, 'post_name' => 'second-name' ) );
wp_update_post( array( 'ID' => $renamed, 'post_name' => 'third-name' ) );
$moved = $make( array( 'post_title' => 'Of another day' ) );
wp_update_post( array( 'ID' => $moved, 'post_date' => '2025-06-01 10:00:00', 'post_date_gmt' => '2025-06-01 07:00:00' ) );

echo wp_json_encode( compact( 'front', 'blog' ) );
