/**
 * Every address that a WordPress had still works: those that a crawl of its own theme, sitemap and feed finds,
 * and those that people have besides, with one permalink structure after the other. Each has to lead to the
 * page with the same content, by two redirects at most.
 *
 * THEME_TEST_DATA=/folder takes the files of WordPress's export format there, such as the official test data
 * for themes, in place of our own content.
 */
import { comparison, kindsOfWrong } from '../setup/same-content';
import { SECRET, startSite, type Site } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';
import {
  alsoAnswered,
  besides,
  crawl,
  direct,
  fillWordPress,
  earlier,
  restructure,
  spellings,
  type Address,
  type Contents,
  type Structure,
} from '../setup/wordpress-addresses';

const IMPORTED = process.env.THEME_TEST_DATA;
const LIMIT_MS = IMPORTED ? 1_200_000 : 150_000;

const CRAWLED: Record<string, Structure> = {
  pretty: { permalinks: '/%postname%/' },
  plain: { permalinks: '' },
  'by date': { permalinks: '/%year%/%monthnum%/%day%/%postname%/', front: 'page' },
};

const VARIANTS: Record<string, Structure> = {
  'without rewriting': { permalinks: '/index.php/%year%/%monthnum%/%day%/%postname%/' },
  'by number': { permalinks: '/archives/%post_id%' },
  'like files': { permalinks: '/%postname%.html' },
  'by category': { permalinks: '/%category%/%postname%/' },
};

describeWithWordPress('the addresses of a WordPress', () => {
  let wordpress: WordPress;
  let site: Site;
  let fronts: Awaited<ReturnType<typeof fillWordPress>>;

  beforeAll(async () => {
    wordpress = await startWordPress();
    fronts = await fillWordPress(wordpress, IMPORTED);
    site = await startSite({}, { WORDPRESS_URL: wordpress.url });
  }, LIMIT_MS);

  afterAll(async () => {
    await site?.close();
    await wordpress?.close();
  });

  /** Asks the site for addresses; says how many, and what became of them. */
  async function check(name: string, contents: Contents, addresses: Address[]): Promise<string[]> {
    const unique = [...new Map(addresses.map((one) => [one.at, one])).values()];
    const outcomes = await comparison(site, contents)(unique);
    const excepted = outcomes.filter(({ thing }) => thing.kind === 'excepted');
    const asked = outcomes.filter(({ thing }) => thing.kind !== 'excepted');
    const dead = asked.filter(({ wrong }) => wrong !== undefined);
    const redirected = asked.filter(({ way, wrong }) => way.length > 1 && wrong === undefined);
    process.stderr.write(
      `Permalinks ${name}: ${asked.length} addresses asked, ${redirected.length} redirected, ` +
        `${dead.length} dead, ${excepted.length} excepted\n`,
    );
    return kindsOfWrong(dead);
  }

  const adopt = async (structure: Structure) => {
    const contents = await restructure(wordpress, structure, fronts);
    // In a minute WordPress is asked of ten addresses, so each structure gets a minute of its own.
    await site.stop();
    await site.start();
    // Only the plugin tells which page is that of the posts.
    if (structure.front) await wordpress.activate({ url: site.url, secret: SECRET });
    const { status, report } = await site.call({ changed: true });
    return { contents, purged: { status, message: report.message } };
  };

  test.each(Object.entries(CRAWLED))(
    'every address works that a crawl finds, or that people have: permalinks %s',
    async (name, structure) => {
      const { contents, purged } = await adopt(structure);
      const crawled = await crawl(wordpress, contents);
      // Of two things with one address, such as a post and a page about, WordPress shows one.
      const shown = new Map(crawled.map((one) => [one.at, one]));
      const named = direct(contents).map((one) => shown.get(one.at) ?? one);
      const dead = await check(name, contents, [
        // A site without the plugin asks WordPress for a few of these in a minute.
        ...earlier(contents),
        ...named,
        ...besides(contents),
        ...(await alsoAnswered(wordpress, contents)),
        ...spellings(named),
        ...crawled,
      ]);
      expect(dead).toEqual([]);
      expect(purged).toEqual({ status: 200 });
    },
    LIMIT_MS,
  );

  test.each(Object.entries(VARIANTS))(
    'each address that WordPress names works: permalinks %s',
    async (name, structure) => {
      const { contents, purged } = await adopt(structure);
      expect(await check(name, contents, direct(contents))).toEqual([]);
      expect(purged).toEqual({ status: 200 });
    },
    LIMIT_MS,
  );
});
