<?php
/**
 * Leaves nothing behind, on any site. A file, and not a hook: WordPress remembers hooks on the main site of a
 * network alone, where the plugin may never have been active.
 *
 * @package Evergreen
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/setup.php';

evergreen_on_sites( true, 'evergreen_forget' );
