<?php
/**
 * Commands of WP-CLI: `wp evergreen status|purge|test|history`. Each ends with 1 when something is not as it
 * should be, so that a script notices.
 *
 * @package Evergreen
 */

defined( 'ABSPATH' ) || exit;

WP_CLI::add_command( 'evergreen status', 'evergreen_command_status' );
WP_CLI::add_command( 'evergreen purge', 'evergreen_command_purge' );
WP_CLI::add_command( 'evergreen test', 'evergreen_command_test' );
WP_CLI::add_command( 'evergreen history', 'evergreen_command_history' );

/**
 * Shows which site is told, what has not arrived there, and the last result.
 *
 * ## OPTIONS
 *
 * [--format=<format>]
 * : How it is printed.
 * ---
 * default: table
 * options:
 *   - table
 *   - json
 *   - csv
 * ---
 *
 * @param string[]              $args    None.
 * @param array<string, string> $options The format.
 */
function evergreen_command_status( $args, $options ) {
	$settings = evergreen_settings();
	$next     = wp_next_scheduled( 'evergreen_retry' );
	$last     = evergreen_log()[0] ?? null;
	$pending  = count( evergreen_merge( evergreen_pending() ) );
	$values   = array(
		'url'     => $settings['url'],
		'secret'  => '' === $settings['secret'] ? __( 'none', 'evergreen' ) : __( 'saved', 'evergreen' ),
		'links'   => $settings['links'],
		'pending' => $pending,
		'next'    => $next ? wp_date( 'Y-m-d H:i:s', $next ) : '',
		'last'    => $last ? wp_date( 'Y-m-d H:i:s', $last['time'] ) : '',
		'result'  => $last ? evergreen_result( $last ) : '',
	);
	$rows     = array();
	foreach ( $values as $name => $value ) {
		$rows[] = compact( 'name', 'value' );
	}
	WP_CLI\Utils\format_items( $options['format'] ?? 'table', $rows, array( 'name', 'value' ) );
	if ( ! evergreen_is_configured() || $pending || 'failed' === ( $last['state'] ?? '' ) ) {
		WP_CLI::halt( 1 );
	}
}

/**
 * Purges everything, or some paths, and waits until their pages are fresh.
 *
 * ## OPTIONS
 *
 * [<path>...]
 * : Paths on the site, such as /blog/tea or /tag/*. Without any, everything.
 *
 * @param string[] $args The paths.
 */
function evergreen_command_purge( $args ) {
	evergreen_command_needs_settings();
	$pending = evergreen_pending();
	$entry   = evergreen_log_add( evergreen_merge( $pending ), $args ? 'paths' : 'all' );
	evergreen_deliver( $entry, $pending, array( 'path' => $args ? $args : '/*' ), evergreen_patience() );
	$entry = evergreen_log_entry( $entry['id'] );
	if ( 'fresh' !== $entry['state'] ) {
		WP_CLI::error( $entry['message'] );
	}
	WP_CLI::success( evergreen_sentence( $entry ) );
}

/** Tests the connection, and has the site read this WordPress back. */
function evergreen_command_test() {
	evergreen_command_needs_settings();
	$result = evergreen_test_connection();
	foreach ( $result['findings'] as $finding ) {
		WP_CLI::log( $finding['message'] );
	}
	if ( ! $result['ok'] ) {
		WP_CLI::error( $result['message'] );
	}
	WP_CLI::success( $result['message'] );
}

/**
 * Shows the last purges, newest first; as JSON with their pages.
 *
 * ## OPTIONS
 *
 * [--limit=<number>]
 * : How many.
 *
 * [--format=<format>]
 * : How they are printed.
 * ---
 * default: table
 * options:
 *   - table
 *   - json
 *   - csv
 * ---
 *
 * @param string[]              $args    None.
 * @param array<string, string> $options The number and the format.
 */
function evergreen_command_history( $args, $options ) {
	$format = $options['format'] ?? 'table';
	$rows   = array();
	foreach ( array_slice( evergreen_log(), 0, (int) ( $options['limit'] ?? EVERGREEN_LOGGED ) ) as $entry ) {
		$rows[] = array(
			'time'   => wp_date( 'Y-m-d H:i:s', $entry['time'] ),
			'what'   => evergreen_what_changed( $entry ),
			'state'  => $entry['state'],
			'result' => evergreen_result( $entry ),
			'pages'  => 'json' === $format ? $entry['pages'] : $entry['count'],
			'ms'     => $entry['ms'],
		);
	}
	WP_CLI\Utils\format_items( $format, $rows, array( 'time', 'what', 'state', 'result', 'pages', 'ms' ) );
}

/** Ends with an error where there is no site to tell. */
function evergreen_command_needs_settings() {
	if ( ! evergreen_is_configured() ) {
		WP_CLI::error( __( 'Enter the URL and the secret first, and save them.', 'evergreen' ) );
	}
}
