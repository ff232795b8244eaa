<?php
/**
 * Plugin Name:       Evergreen
 * Description:       Tells an Evergreen site which posts, pages, terms and settings changed, so that it shows them at once.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       evergreen
 * Domain Path:       /languages
 *
 * @package Evergreen
 */

defined( 'ABSPATH' ) || exit;
