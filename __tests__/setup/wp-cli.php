<?php
/**
 * What the plugin's commands use of WP-CLI, which no package of ours has: as its documentation says.
 */

namespace {
	const WP_CLI = true;

	class WP_CLI {
		private static $commands = array();

		public static function add_command( $name, $command ) {
			self::$commands[ $name ] = $command;
		}

		public static function run_command( $name, $args, $options ) {
			self::$commands[ $name ]( $args, $options );
		}

		public static function log( $message ) {
			echo "$message\n";
		}

		public static function success( $message ) {
			echo "Success: $message\n";
		}

		public static function error( $message ) {
			fwrite( STDERR, "Error: $message\n" );
			exit( 1 );
		}

		public static function halt( $code ) {
			exit( $code );
		}
	}
}

namespace WP_CLI\Utils {
	function format_items( $format, $items, $fields ) {
		$rows = array_map( fn( $item ) => array_replace( array_flip( $fields ), array_intersect_key( $item, array_flip( $fields ) ) ), $items );
		if ( 'json' === $format ) {
			echo json_encode( $rows );
			return;
		}
		foreach ( array_merge( array( $fields ), $rows ) as $row ) {
			'csv' === $format ? fputcsv( STDOUT, array_values( $row ) ) : print( implode( "\t", $row ) . "\n" );
		}
	}
}
