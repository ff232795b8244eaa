<?php
/**
 * Stands in for Polylang Pro, which cannot be had here: posts, pages, categories and tags in REST have the fields
 * that it documents, `lang` and `translations`, and keep them as it does: in terms of two hidden taxonomies.
 * What has no language has neither. Runs as a must-use plugin.
 */

add_action(
	'init',
	static function () {
		$hidden = array( 'public' => false, 'rewrite' => false, 'query_var' => false );
		foreach ( array( 'language', 'post_translations' ) as $taxonomy ) {
			register_taxonomy( $taxonomy, array( 'post', 'page' ), $hidden );
		}
	},
	0
);

/** Gives a post its language, and links it with its translations: ids by codes. */
function polylang_save( $id, $lang, $translations = array() ) {
	wp_set_object_terms( $id, $lang, 'language' );
	$translations[ $lang ] = $id;
	$group                 = current( wp_get_object_terms( array_values( $translations ), 'post_translations' ) );
	if ( ! $group ) {
		$made  = wp_insert_term( uniqid( 'pll_' ), 'post_translations', array( 'description' => serialize( $translations ) ) );
		$group = get_term( $made['term_id'] );
	} else {
		wp_update_term( $group->term_id, 'post_translations', array( 'description' => serialize( $translations ) ) );
	}
	foreach ( $translations as $one ) {
		if ( ! has_term( $group->term_id, 'post_translations', $one ) ) {
			wp_set_object_terms( $one, $group->term_id, 'post_translations' );
		}
	}
}

add_action(
	'rest_api_init',
	static function () {
		$post_lang = static function ( $post ) {
			$terms = wp_get_object_terms( $post['id'], 'language' );
			return $terms && ! is_wp_error( $terms ) ? $terms[0]->slug : null;
		};
		$post_translations = static function ( $post ) {
			$terms = wp_get_object_terms( $post['id'], 'post_translations' );
			return $terms && ! is_wp_error( $terms ) ? unserialize( $terms[0]->description ) : null;
		};
		register_rest_field( array( 'post', 'page' ), 'lang', array( 'get_callback' => $post_lang ) );
		register_rest_field( array( 'post', 'page' ), 'translations', array( 'get_callback' => $post_translations ) );
		$term_lang = static fn( $term ) => get_term_meta( $term['id'], 'lang', true ) ?: null;
		register_rest_field( array( 'category', 'tag' ), 'lang', array( 'get_callback' => $term_lang ) );
	}
);
