/** What a build and a start do with a `site.config.mjs` that cannot be used. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runBuild } from '../setup/build-site';
import { startSite, type Site } from '../setup/site';

let site: Site;
beforeAll(async () => {
  site = await startSite();
  await site.stop();
});
afterAll(() => site.close());

test.each<[string, string, string]>([
  [
    'a colour that is none',
    "import config from './good.mjs';\nexport default { ...config, colours: { ...config.colours, page: { light: 'white', dark: '#000000' } } };",
    'site.config.mjs cannot be used:\n  colours.page.light: must be a colour such as #1c6b45',
  ],
  [
    'no default export',
    'export const config = {};',
    'site.config.mjs cannot be used:\n  the default export: must be an object, and is missing',
  ],
])('%s stops both, with the file and the member', async (_, text, message) => {
  const { default: config } = await import('../setup/site.config.mjs');
  await writeFile(path.join(site.dir, 'good.mjs'), `export default ${JSON.stringify(config)};\n`);
  await writeFile(path.join(site.dir, 'site.config.mjs'), text);
  await expect(runBuild(site.dir)).rejects.toMatchObject({
    stderr: expect.stringContaining(message),
  });
  await expect(site.start()).rejects.toThrow(message);
});
