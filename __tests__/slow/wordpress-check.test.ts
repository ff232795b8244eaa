import { createServer } from 'node:http';
import { startChromium } from '../../bench/chromium.mjs';
import { checkWordPress } from '../../lib/source/wordpress/check';
import { freePort, SECRET, startSite } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

const secrets = [SECRET];

const textOf = (findings: Awaited<ReturnType<typeof checkWordPress>>) =>
  findings.map(({ state, message }) => `${state}: ${message}`);

describe('without a WordPress', () => {
  const home = 'https://cms.example';

  test('names the variable that is missing', async () => {
    expect(textOf(await checkWordPress({ secrets }, home, []))).toEqual([
      'fault: The site does not read this WordPress: set WORDPRESS_URL=https://cms.example there, and build it again.',
    ]);
  });

  test('tells that the clocks differ', async () => {
    const port = await freePort();
    const server = createServer((_, res) => {
      res.setHeader('Date', new Date(Date.now() - 5 * 60_000).toUTCString());
      res.end('[]');
    });
    await new Promise<void>((resolve) => server.listen(port, resolve));
    const wordpressUrl = `http://127.0.0.1:${port}`;
    const findings = textOf(await checkWordPress({ wordpressUrl, secrets }, wordpressUrl, []));
    server.close();
    expect(findings[1]).toMatch(/^fault: The clock of WordPress is 5\.0 minutes behind/);
  });

  test('tells that nothing answers', async () => {
    const wordpressUrl = 'http://127.0.0.1:1';
    expect(textOf(await checkWordPress({ wordpressUrl, secrets }, wordpressUrl, []))[0]).toMatch(
      /^fault: The site cannot read posts\. WordPress at .* cannot be read: .*\.$/,
    );
  });
});

describeWithWordPress('the test of the connection', () => {
  let wordpress: WordPress;

  beforeAll(async () => {
    wordpress = await startWordPress();
  });

  afterAll(() => wordpress?.close());

  /** What is found, by the login of `user` or that of the administrator. */
  const check = (login = {}, home = wordpress.url, known = secrets) => {
    const { user, appPassword } = wordpress.admin;
    const wordpressLogin = { user, password: appPassword, ...login };
    const settings = { wordpressUrl: wordpress.url, wordpressLogin, secrets: known };
    return checkWordPress(settings, home, []).then(textOf);
  };

  /** Runs with a plugin that WordPress always loads. */
  async function withPlugin(code: string, work: () => Promise<void>): Promise<void> {
    const file = `WPMU_PLUGIN_DIR . '/extra.php'`;
    await wordpress.php(
      `@mkdir(WPMU_PLUGIN_DIR); file_put_contents(${file}, base64_decode('${Buffer.from(`<?php ${code}`).toString('base64')}'));`,
    );
    await work();
    await wordpress.php(`unlink(${file});`);
  }

  const READING = 'good: The site reads this WordPress, which shows 1 posts.';
  const PREVIEWS = 'good: Previews are read as admin.';

  test('finds nothing to mend', async () => {
    expect(await check()).toEqual([READING, PREVIEWS]);
    expect(await check({}, wordpress.url.replace('http:', 'https:'))).toContain(READING);
  });

  test('tells that previews are closed while the secret is short', async () => {
    expect(await check({}, wordpress.url, ['short', 'a-former-secret-that-is-long'])).toEqual([
      READING,
      expect.stringMatching(
        /^fault: Previews are closed: MY_SECRET_TOKEN has fewer than 16 characters/,
      ),
    ]);
  });

  test('notes that previews are off', async () => {
    const findings = await checkWordPress(
      { wordpressUrl: wordpress.url, secrets },
      wordpress.url,
      [],
    );
    expect(textOf(findings)).toEqual([
      READING,
      'note: Previews are off: set WORDPRESS_USER and WORDPRESS_APP_PASSWORD on the site.',
    ]);
  });

  test('tells that the site reads another WordPress', async () => {
    expect(await check({}, 'https://cms.example')).toEqual([
      `fault: The site reads another WordPress: ${wordpress.url}. Set WORDPRESS_URL=https://cms.example there, and build it again.`,
      PREVIEWS,
    ]);
  });

  test('tells what is wrong with the login', async () => {
    expect((await check({ password: 'wrong' }))[1]).toMatch(/^fault: .* Make a new application/);
    expect((await check({ user: 'nobody' }))[1]).toMatch(/^fault: .* Make a new application/);
    const password = await wordpress.php(
      `$id = wp_insert_user(['user_login' => 'writer', 'user_pass' => 'x', 'role' => 'author']);
      echo WP_Application_Passwords::create_new_application_password($id, ['name' => 'test'])[0];`,
    );
    expect((await check({ user: 'writer', password }))[1]).toBe(
      'fault: writer may not read the drafts of others: previews need the role of an editor.',
    );
    await withPlugin(`unset($_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW']);`, async () => {
      expect((await check())[1]).toMatch(
        /^fault: .*not currently logged in\. .* the web server keeps back the header/,
      );
    });
  });

  test('tells that the REST API is shut', async () => {
    const shut = `add_filter('rest_authentication_errors', fn() => new WP_Error('rest_shut', 'Members only', ['status' => 403]));`;
    await withPlugin(shut, async () => {
      expect((await check())[0]).toMatch(
        /^fault: The site cannot read posts\. .*403: Members only\. A security plugin/,
      );
    });
  });

  test('notes that permalinks are plain', async () => {
    const before = await wordpress.php(
      `echo get_option('permalink_structure'); update_option('permalink_structure', '');`,
    );
    expect((await check())[1]).toMatch(/^note: Permalinks are plain/);
    await wordpress.php(`update_option('permalink_structure', '${before}');`);
  });

  test('is green in the settings of the plugin, and says there what it found', async () => {
    const { user, appPassword } = wordpress.admin;
    const [browser, site] = await Promise.all([
      startChromium(),
      startSite(
        {},
        { WORDPRESS_URL: wordpress.url, WORDPRESS_USER: user, WORDPRESS_APP_PASSWORD: appPassword },
      ),
    ]);
    try {
      // What the copy was built with is not what this WordPress shows.
      await wordpress.activate({ url: site.url, secret: SECRET });
      await site.purge('/');
      const admin = await browser.newPage();
      await wordpress.signIn(admin);
      await admin.goto(`${wordpress.url}/wp-admin/options-general.php?page=evergreen`);
      await admin.getByRole('button', { name: 'Test the connection' }).click();
      const result = admin.locator('#evergreen-result.notice-success');
      const lines = (await result.innerText()).split('\n').map((line) => line.trim());
      expect(lines.filter((line) => line !== '')).toEqual([
        'The connection works, and every page is fresh.',
        'The site reads this WordPress, which shows 1 posts.',
        'Previews are read as admin.',
      ]);

      await site.stop();
      await site.start({ WORDPRESS_APP_PASSWORD: 'wrong' });
      await admin.getByRole('button', { name: 'Test the connection' }).click();
      expect(await admin.locator('#evergreen-result.notice-error').innerText()).toMatch(
        /has to be fixed[\s\S]*Make a new application password/,
      );
    } finally {
      await browser.close();
      await site.close();
    }
  });

  test('is for who has the secret', async () => {
    const site = await startSite({});
    try {
      const ask = async (method: string, secret: string, home = 'https://cms.example') => {
        const response = await fetch(`${site.url}/api/check-wordpress?home=${home}`, {
          method,
          headers: { Authorization: `Bearer ${secret}` },
        });
        return response.status;
      };
      expect(await ask('POST', SECRET)).toBe(200);
      expect(await ask('POST', 'a-guess')).toBe(401);
      expect(await ask('POST', SECRET, 'nothing')).toBe(400);
      expect(await ask('GET', SECRET)).toBe(405);
    } finally {
      await site.close();
    }
  });
});
