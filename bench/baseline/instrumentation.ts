/** Nothing: without a file here, Turbopack would take the nearest above, and start Evergreen's content. */
export function register() {}
