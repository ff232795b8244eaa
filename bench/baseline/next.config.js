// As it comes: without a file here, Next would take the nearest above, and Evergreen's store with it.
/** @type {import('next').NextConfig} */
module.exports = {};
