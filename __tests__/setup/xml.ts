/** XML as a strict parser sees it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const NAMESPACES = {
  atom: 'http://www.w3.org/2005/Atom',
  content: 'http://purl.org/rss/1.0/modules/content/',
  dc: 'http://purl.org/dc/elements/1.1/',
  s: 'http://www.sitemaps.org/schemas/sitemap/0.9',
};

/** The schema of sitemaps that the package `sitemap` carries. */
export const SITEMAP_SCHEMA = path.resolve('node_modules/sitemap/schema/sitemap.xsd');

/**
 * The texts at some XPaths. Throws if the text is not well-formed XML, or not valid by the schema.
 */
export function readXml(xml: string, paths: string[], schema?: string): string[][] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(__dirname, 'parse-xml.mjs')],
    {
      input: JSON.stringify({ xml, schema, paths, namespaces: NAMESPACES }),
      encoding: 'utf8',
      maxBuffer: 1 << 27,
    },
  );
  if (status !== 0) throw new Error(stderr);
  const found: string[][] = JSON.parse(stdout);
  return found;
}
