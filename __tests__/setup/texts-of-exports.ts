/** The texts of posts in files of WordPress's export format. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Those of all files in a folder that hold any. */
export async function textsOfExports(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.xml')) continue;
    const xml = await readFile(path.join(folder, name), 'utf8');
    for (const [, text = ''] of xml.matchAll(/<content:encoded><!\[CDATA\[([^]*?)\]\]>/g)) {
      if (text.trim() !== '') texts.push(text);
    }
  }
  return texts;
}
