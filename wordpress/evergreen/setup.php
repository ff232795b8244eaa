<?php
/**
 * Beginning and end: what a site needs before it is told of changes, one by one in a network too, and what is
 * taken back when the plugin is switched off. Functions alone: the plugin need not be loaded.
 *
 * @package Evergreen
 */

defined( 'ABSPATH' ) || exit;

/** Sites of a network that are looked at together. */
const EVERGREEN_SITES_AT_ONCE = 100;

/** Sets up a site that this version has not seen: a new one of a network, or one after an update. */
function evergreen_set_up_once() {
	if ( get_option( 'evergreen_version' ) !== EVERGREEN_VERSION ) {
		evergreen_set_up();
	}
}

/** The menu as it is now is no change, and the secret is not among what WordPress loads with each request. */
function evergreen_set_up() {
	update_option( 'evergreen_version', EVERGREEN_VERSION );
	evergreen_keep_settings_apart();
	if ( false === get_option( 'evergreen_menu' ) ) {
		evergreen_look_at_menu();
		evergreen_note_menu();
		$noted = &evergreen_noted();
		unset( $noted['site'] );
	}
}

/** Options that are loaded with each request lie in caches, and in what tools for debugging print. */
function evergreen_keep_settings_apart() {
	global $wpdb;
	if ( false === get_option( 'evergreen_settings' ) ) {
		add_option( 'evergreen_settings', array(), '', false );
	} elseif ( array_key_exists( 'evergreen_settings', wp_load_alloptions() ) ) {
		if ( function_exists( 'wp_set_option_autoload' ) ) {
			wp_set_option_autoload( 'evergreen_settings', false );
		} else {
			// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- Before WordPress 6.4 only a new value changes it.
			$wpdb->update( $wpdb->options, array( 'autoload' => 'no' ), array( 'option_name' => 'evergreen_settings' ) );
			wp_cache_delete( 'alloptions', 'options' );
		}
	}
}

/**
 * What a request changed on other sites of the network waits for their own WP-Cron: it knows their settings,
 * and their plugins.
 */
function evergreen_keep_for_other_sites() {
	$here = get_current_blog_id();
	foreach ( array_keys( array_filter( evergreen_noted_by_site() ) ) as $site ) {
		if ( $site === $here ) {
			continue;
		}
		switch_to_blog( $site );
		$changes = evergreen_is_configured() && evergreen_is_active() ? evergreen_changes() : array();
		if ( $changes ) {
			evergreen_keep( $changes );
			// Of two within ten minutes, WordPress takes the first.
			wp_clear_scheduled_hook( 'evergreen_retry' );
			wp_schedule_single_event( time(), 'evergreen_retry' );
		}
		restore_current_blog();
	}
}

/**
 * Whether the plugin is active on the site that a request works on.
 *
 * @return bool
 */
function evergreen_is_active() {
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
	return is_plugin_active( plugin_basename( __DIR__ . '/evergreen.php' ) );
}

/**
 * Nothing is tried again while the plugin is off.
 *
 * @param bool $is_everywhere Whether it is switched off on all sites of a network.
 */
function evergreen_on_deactivation( $is_everywhere ) {
	evergreen_on_sites(
		$is_everywhere,
		static function () {
			wp_clear_scheduled_hook( 'evergreen_retry' );
		}
	);
}

/**
 * Does something on this site, or on each of the network.
 *
 * @param bool     $is_everywhere Whether on each.
 * @param callable $work          What.
 */
function evergreen_on_sites( $is_everywhere, $work ) {
	if ( ! $is_everywhere || ! is_multisite() ) {
		$work();
		return;
	}
	$query = array(
		'fields'  => 'ids',
		'orderby' => 'id',
		'number'  => EVERGREEN_SITES_AT_ONCE,
		'offset'  => 0,
	);
	do {
		$sites = get_sites( $query );
		foreach ( $sites as $site ) {
			switch_to_blog( $site );
			$work();
			restore_current_blog();
		}
		$query['offset'] += EVERGREEN_SITES_AT_ONCE;
	} while ( $sites );
}

/** Removes options, what is pending, and notices that nobody has seen. */
function evergreen_forget() {
	global $wpdb;
	// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- There is no list of options by prefix.
	$names = $wpdb->get_col(
		$wpdb->prepare(
			"SELECT option_name FROM $wpdb->options WHERE option_name LIKE %s OR option_name LIKE %s OR option_name LIKE %s",
			$wpdb->esc_like( 'evergreen_' ) . '%',
			$wpdb->esc_like( '_transient_evergreen_' ) . '%',
			$wpdb->esc_like( '_transient_timeout_evergreen_' ) . '%'
		)
	);
	array_map( 'delete_option', $names );
	// As comments.php names it, which is not loaded here.
	delete_post_meta_by_key( '_evergreen_comments' );
	wp_clear_scheduled_hook( 'evergreen_retry' );
}
