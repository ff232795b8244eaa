/**
 * Parses XML strictly, in a process of its own: libxml2-wasm is a module of a kind that Jest cannot
 * load. From standard input to standard output, as JSON: see `xml.ts`.
 */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';

const { xml, schema, paths, namespaces } = JSON.parse(await text(process.stdin));
const document = XmlDocument.fromString(xml);
if (schema) {
  XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(schema))).validate(document);
}
const found = paths.map((/** @type {string} */ path) =>
  document.find(path, namespaces).map((node) => node.content),
);
console.log(JSON.stringify(found));
