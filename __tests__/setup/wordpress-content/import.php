<?php
/**
 * Imports all files of WordPress's export format (WXR) in the folder $folder, through WordPress's own
 * functions. Runs inside WordPress. Pictures are addresses on the web: a picture of one dot takes the place
 * of each. Numbers stay as they are where they are free.
 */

require_once ABSPATH . 'wp-admin/includes/taxonomy.php';

const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

$term_of = static function ( $taxonomy, $slug, $name, $parent_slug = '', $description = '' ) {
	if ( ! taxonomy_exists( $taxonomy ) ) {
		return;
	}
	$known = get_term_by( 'slug', $slug, $taxonomy );
	if ( $known ) {
		return;
	}
	$above = '' === $parent_slug ? false : get_term_by( 'slug', $parent_slug, $taxonomy );
	$made  = wp_insert_term(
		wp_slash( $name ),
		$taxonomy,
		array(
			'slug'        => $slug,
			'parent'      => $above ? $above->term_id : 0,
			'description' => wp_slash( $description ),
		)
	);
	if ( is_wp_error( $made ) ) {
		throw new Exception( "$taxonomy $slug: " . $made->get_error_message() );
	}
};

// Parents come after their children, too.
$parents = array();
$numbers = array();

foreach ( glob( "$folder/*.xml" ) as $file ) {
	$channel = simplexml_load_file( $file )->channel;
	$wp      = static fn( $node ) => $node->children( 'wp', true );

	foreach ( $wp( $channel )->author as $author ) {
		$login = sanitize_user( (string) $wp( $author )->author_login, true );
		if ( ! username_exists( $login ) ) {
			wp_insert_user(
				array(
					'user_login'   => $login,
					'user_pass'    => 'x',
					'user_email'   => "$login@example.com",
					'display_name' => (string) $wp( $author )->author_display_name,
					'role'         => 'author',
				)
			);
		}
	}

	$terms = array();
	foreach ( $wp( $channel )->category as $one ) {
		$terms[] = array( 'category', $one->category_nicename, $one->cat_name, $one->category_parent, $one->category_description );
	}
	foreach ( $wp( $channel )->tag as $one ) {
		$terms[] = array( 'post_tag', $one->tag_slug, $one->tag_name, '', $one->tag_description );
	}
	foreach ( $wp( $channel )->term as $one ) {
		$terms[] = array( $one->term_taxonomy, $one->term_slug, $one->term_name, $one->term_parent, $one->term_description );
	}
	$terms = array_map( static fn( $fields ) => array_map( 'strval', $fields ), $terms );
	// Those above come first.
	$depth = static function ( $fields ) use ( $terms ) {
		for ( $depth = 0; '' !== $fields[3] && $depth < 20; $depth += 1 ) {
			$above  = array_filter( $terms, static fn( $other ) => $other[0] === $fields[0] && $other[1] === $fields[3] );
			$fields = reset( $above ) ?: array( '', '', '', '', '' );
		}
		return $depth;
	};
	usort( $terms, static fn( $a, $b ) => $depth( $a ) <=> $depth( $b ) );
	foreach ( $terms as $fields ) {
		$term_of( ...$fields );
	}

	foreach ( $channel->item as $item ) {
		$of     = $wp( $item );
		$type   = (string) $of->post_type;
		$number = (int) $of->post_id;
		$author = get_user_by( 'login', sanitize_user( (string) $item->children( 'dc', true )->creator, true ) );
		$fields = array(
			'import_id'      => $number,
			'post_type'      => $type,
			'post_title'     => (string) $item->title,
			'post_content'   => (string) $item->children( 'content', true )->encoded,
			'post_excerpt'   => (string) $item->children( 'excerpt', true )->encoded,
			'post_name'      => (string) $of->post_name,
			'post_status'    => (string) $of->status,
			'post_password'  => (string) $of->post_password,
			'post_date'      => (string) $of->post_date,
			'post_date_gmt'  => (string) $of->post_date_gmt,
			'menu_order'     => (int) $of->menu_order,
			'comment_status' => (string) $of->comment_status,
			'post_author'    => $author ? $author->ID : 1,
		);
		if ( 'attachment' === $type ) {
			$file = wp_upload_bits( sanitize_title( $fields['post_title'] ) . '.png', null, base64_decode( DOT ) );
			$id   = wp_insert_attachment( wp_slash( array( 'post_mime_type' => 'image/png' ) + $fields ), $file['file'] );
		} else {
			$id = wp_insert_post( wp_slash( $fields ), true );
		}
		if ( is_wp_error( $id ) ) {
			// WordPress makes nothing that has neither a title nor a text.
			if ( 'empty_content' === $id->get_error_code() ) {
				continue;
			}
			throw new Exception( "Item $number: " . $id->get_error_message() );
		}
		$numbers[ $number ] = $id;
		$parents[ $id ]     = (int) $of->post_parent;

		$of_item = array();
		foreach ( $item->category as $category ) {
			$taxonomy = (string) $category['domain'];
			$slug     = (string) $category['nicename'];
			$term_of( $taxonomy, $slug, (string) $category );
			$term = taxonomy_exists( $taxonomy ) ? get_term_by( 'slug', $slug, $taxonomy ) : false;
			if ( $term ) {
				$of_item[ $taxonomy ][] = $term->term_id;
			}
		}
		foreach ( $of_item as $taxonomy => $ids ) {
			wp_set_object_terms( $id, $ids, $taxonomy );
		}
		foreach ( $of->postmeta as $meta ) {
			add_post_meta( $id, (string) $meta->meta_key, wp_slash( maybe_unserialize( (string) $meta->meta_value ) ) );
		}
		foreach ( $of->comment as $comment ) {
			wp_insert_comment(
				wp_slash(
					array(
						'comment_post_ID'      => $id,
						'comment_author'       => (string) $comment->comment_author,
						'comment_author_email' => (string) $comment->comment_author_email,
						'comment_content'      => (string) $comment->comment_content,
						'comment_date'         => (string) $comment->comment_date,
						'comment_approved'     => (string) $comment->comment_approved,
						'comment_type'         => (string) $comment->comment_type,
					)
				)
			);
		}
		if ( '1' === (string) $of->is_sticky ) {
			stick_post( $id );
		}
	}
}

foreach ( $parents as $id => $number ) {
	if ( $number ) {
		wp_update_post( array( 'ID' => $id, 'post_parent' => $numbers[ $number ] ?? 0 ) );
	}
}
foreach ( get_posts( array( 'post_type' => 'nav_menu_item', 'numberposts' => -1 ) ) as $item ) {
	foreach ( array( '_menu_item_object_id', '_menu_item_menu_item_parent' ) as $key ) {
		$number = (int) get_post_meta( $item->ID, $key, true );
		if ( isset( $numbers[ $number ] ) && 'taxonomy' !== get_post_meta( $item->ID, '_menu_item_type', true ) ) {
			update_post_meta( $item->ID, $key, (string) $numbers[ $number ] );
		}
	}
}
$page_of = static fn( $slug ) => ( get_page_by_path( $slug ) ?? (object) array( 'ID' => 0 ) )->ID;
echo wp_json_encode(
	array(
		'front' => $page_of( 'front-page' ),
		'blog'  => $page_of( 'blog' ),
	)
);
