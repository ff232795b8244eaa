<?php
/**
 * Stands in for plugins for search engines, which cannot be had here: posts in REST have the fields that Yoast SEO
 * documents for them, and show what Rank Math keeps. Filled in from the same fields in which Yoast keeps them.
 * Runs as a must-use plugin.
 */

add_action(
	'rest_api_init',
	static function () {
		register_rest_field(
			array( 'post', 'page' ),
			'yoast_head_json',
			array(
				'get_callback' => static function ( $post ) {
					$meta = static fn( $name ) => (string) get_post_meta( $post['id'], "_yoast_wpseo_$name", true );
					$head = array(
						'title'          => '' !== $meta( 'title' ) ? $meta( 'title' ) : get_the_title( $post['id'] ) . ' - ' . get_bloginfo( 'name' ),
						'description'    => $meta( 'metadesc' ),
						'robots'         => array(
							'index'             => '1' === $meta( 'meta-robots-noindex' ) ? 'noindex' : 'index',
							'follow'            => '1' === $meta( 'meta-robots-nofollow' ) ? 'nofollow' : 'follow',
							'max-snippet'       => 'max-snippet:-1',
							'max-image-preview' => 'max-image-preview:large',
							'max-video-preview' => 'max-video-preview:-1',
						),
						'canonical'      => '' !== $meta( 'canonical' ) ? $meta( 'canonical' ) : get_permalink( $post['id'] ),
						'og_locale'      => 'en_US',
						'og_type'        => 'article',
						'og_title'       => $meta( 'opengraph-title' ),
						'og_description' => $meta( 'opengraph-description' ),
						'og_url'         => get_permalink( $post['id'] ),
						'og_image'       => '' === $meta( 'opengraph-image' ) ? array() : array(
							array(
								'width'  => 1200,
								'height' => 630,
								'url'    => $meta( 'opengraph-image' ),
								'type'   => 'image/jpeg',
							),
						),
						'twitter_card'   => 'summary_large_image',
						'schema'         => array( '@context' => 'https://schema.org', '@graph' => array() ),
					);
					return array_filter( $head );
				},
			)
		);
	}
);
