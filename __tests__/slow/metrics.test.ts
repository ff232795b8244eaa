/**
 * The metrics of a real site, as a real Prometheus scrapes them with the files in `deploy/`; and at a site whose
 * Redis is away.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PurgeRecord } from '../../lib/console/record';
import { TEST_DIR } from '../setup/build-site';
import {
  describeWithPrometheus,
  startPrometheus,
  writeConfiguration,
  type Prometheus,
} from '../setup/prometheus';
import { Receiver } from '../setup/receiver';
import { describeWithRedis, startRedis, type Redis } from '../setup/redis';
import { SECRET, startSite, until, type Site } from '../setup/site';

const TOKEN = 'the-token-of-the-metrics';

const scrapeAt = (site: Site, headers: Record<string, string> = {}, more = '') =>
  site.visit(`/api/metrics${more}`, headers);

/** The samples of a scrape by their names with labels. */
function samplesIn(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describe('a site', () => {
  let site: Site;
  const receiver = new Receiver();
  const scrape = async () =>
    samplesIn((await scrapeAt(site, { authorization: `Bearer ${TOKEN}` })).text);

  beforeAll(async () => {
    await receiver.start();
    site = await startSite(
      { a: 'Old text.', b: 'Text.', c: 'Text.' },
      { METRICS_TOKEN: TOKEN, NOTIFY_URL: receiver.url },
    );
  });
  afterAll(async () => {
    await site.close();
    receiver.close();
  });

  test('tells nobody without the purge secret or the token, which counts in a header only', async () => {
    const statusOf = async (headers: Record<string, string>, more?: string) =>
      (await scrapeAt(site, headers, more)).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await statusOf({}, `?secret=${TOKEN}`)).toBe(401);
    expect(await statusOf({}, `?secret=${SECRET}`)).toBe(200);
    expect(await statusOf({ 'x-webhook-secret': SECRET })).toBe(200);
    const { status, headers, text } = await scrapeAt(site, { authorization: `Bearer ${TOKEN}` });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(text).toMatch(/\n# EOF\n$/);
    // The token reads, and does nothing else.
    const purge = await fetch(`${site.url}/api/revalidate?secret=${TOKEN}&path=/blog/a`);
    expect(purge.status).toBe(401);
    const head = await fetch(`${site.url}/api/metrics?secret=${SECRET}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await fetch(`${site.url}/api/metrics?secret=${SECRET}`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('counts what its purges report, and nothing that was a plan or a refusal of strangers', async () => {
    await site.visit('/blog/b');
    const before = await scrape();
    await site.write('a', 'New text.', { tags: '[red]' });
    await site.visit('/api/revalidate?secret=wrong&path=/blog/a');
    await site.call({ changed: true, dryRun: true });
    const { report } = await site.call({ changed: true });
    await site.call({ path: 12 });
    const after = await scrape();
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('evergreen_purges_total{result="regenerated"}')).toBe(1);
    expect(grown('evergreen_purges_total{result="refused"}')).toBe(1);
    expect(grown('evergreen_purges_total{result="failed"}')).toBe(0);
    expect(grown('evergreen_purge_duration_seconds_count')).toBe(1);
    expect(report.pages.length).toBeGreaterThan(0);
    for (const wanted of ['regenerated', 'removed', 'failed', 'absent']) {
      const count = report.pages.filter(({ result }) => result === wanted).length;
      expect(grown(`evergreen_purged_pages_total{result="${wanted}"}`)).toBe(count);
    }
    const reasons = report.pages.map(({ because }) => because[0]?.split(':')[0]);
    for (const reason of new Set(reasons)) {
      const count = reasons.filter((one) => one === reason).length;
      expect(grown(`evergreen_purged_pages_by_reason_total{reason="${reason}"}`)).toBe(count);
    }
    const regenerated = report.pages.filter(({ result }) => result === 'regenerated').length;
    expect(grown('evergreen_renders_total{reason="purge",stored="true"}')).toBe(regenerated);
  });

  test('counts what the history has since the start', async () => {
    const text = await readFile(
      path.join(site.dir, '.evergreen/history/purges-000001.jsonl'),
      'utf8',
    );
    const records: PurgeRecord[] = text
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line));
    const samples = await scrape();
    const sum = (numberOf: (record: PurgeRecord) => number | undefined) =>
      records.reduce((total, record) => total + (numberOf(record) ?? 0), 0);
    for (const result of ['regenerated', 'failed', 'refused']) {
      const count = sum((record) => Number(record.result === result));
      expect(samples.get(`evergreen_purges_total{result="${result}"}`)).toBe(count);
    }
    for (const result of ['regenerated', 'removed', 'failed', 'absent'] as const) {
      const count = sum(({ counts }) => counts[result]);
      expect(samples.get(`evergreen_purged_pages_total{result="${result}"}`)).toBe(count);
    }
    for (const reason of ['named', 'post', 'tag', 'posts']) {
      const count = sum(({ reasons }) => reasons[reason]);
      expect(samples.get(`evergreen_purged_pages_by_reason_total{reason="${reason}"}`)).toBe(count);
    }
    expect(records.length).toBeGreaterThan(1);
  });

  test('counts a visit that waited for a render, and none of what is stored', async () => {
    const waits = async () => (await scrape()).get('evergreen_visits_waited_total') ?? 0;
    const before = await waits();
    await site.visit('/blog/c');
    expect(await waits()).toBe(before + 1);
    await site.visit('/blog/c');
    const last = await scrape();
    expect(last.get('evergreen_visits_waited_total')).toBe(before + 1);
    const visits = [...last].filter(([name]) =>
      name.startsWith('evergreen_renders_total{reason="visit"'),
    );
    expect(visits.reduce((sum, [, count]) => sum + count, 0)).toBe(before + 1);
  });

  test('tells its webhook of a post that breaks, also after a restart, and once', async () => {
    const told = () => receiver.calls.map(({ whole: { event, details } }) => [event, details]);
    const details = (why?: string) => ({ items: [{ what: 'posts/b.mdx', why }], more: 0 });
    await site.write('b', 'An <open tag.');
    await site.call({ changed: true });
    await until(() => told().length === 1);
    expect(told()).toEqual([['post-broke', details(expect.stringMatching(/^posts\/b\.mdx:\d/))]]);
    expect((await scrape()).get('evergreen_problems')).toBe(1);
    await site.stop();
    await site.start();
    await site.visit('/');
    await site.call({ changed: true });
    await site.write('b', 'Text.');
    await site.call({ changed: true });
    await until(() => told().length > 1);
    expect(told().slice(1)).toEqual([['post-mended', details()]]);
    expect((await scrape()).get('evergreen_problems')).toBe(0);
  });

  test('has no path, no address and no caller in a scrape', async () => {
    const { text } = await scrapeAt(site, { authorization: `Bearer ${TOKEN}` });
    expect(text).not.toMatch(/\/blog|127\.0\.0\.1|::1|node-fetch|undici/);
  });

  test('has every metric that the dashboard and the alerts ask for, but for those of Redis and edges', async () => {
    const names = new Set([...(await scrape()).keys()].map((name) => name.replace(/\{.*/, '')));
    for (const file of ['deploy/grafana.json', 'deploy/alerts.yml']) {
      const text = await readFile(file, 'utf8');
      const asked: string[] = text.match(/\b(?:evergreen|nodejs|process)_[a-z\d_]+/g) ?? [];
      expect(asked.length).toBeGreaterThan(3);
      const missing = [...new Set(asked)].filter((name) => !names.has(name));
      expect(missing.sort()).toEqual(
        ['evergreen_edge_outbox_paths', 'evergreen_redis_up'].filter((name) =>
          asked.includes(name),
        ),
      );
    }
  });

  describeWithPrometheus('before a real Prometheus', () => {
    const promtool = async (...args: string[]) =>
      (await promisify(execFile)('promtool', args)).stdout;
    let prometheus: Prometheus;
    beforeAll(async () => {
      prometheus = await startPrometheus(site.url, TOKEN);
    });
    afterAll(() => prometheus.close());

    test('promtool has no fault to find in the files', async () => {
      expect(await promtool('check', 'rules', 'deploy/alerts.yml')).toMatch(/SUCCESS: \d+ rules/);
      const file = await writeConfiguration(path.join(TEST_DIR, 'checked'), site.url, TOKEN);
      expect(await promtool('check', 'config', file)).toMatch(/SUCCESS/);
    });

    test('promtool has no fault to find in a scrape', async () => {
      const { text } = await scrapeAt(site, { authorization: `Bearer ${TOKEN}` });
      const checking = promisify(execFile)('promtool', ['check', 'metrics']);
      // It reads the older format, in which a counter is described by its whole name.
      const counters = [...text.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name = '']) => name);
      const older = counters.reduce(
        (rest, name) => rest.replaceAll(new RegExp(`^(# \\w+ ${name}) `, 'gm'), '$1_total '),
        text,
      );
      checking.child.stdin?.end(older);
      const { stdout, stderr } = await checking.catch(
        (error: { stdout: string; stderr: string }) => error,
      );
      const told = `${stdout}${stderr}`.split('\n').filter((line) => /evergreen_/.test(line));
      expect(told).toEqual([]);
    });

    test('it scrapes the site, and has what the site counts', async () => {
      await until(async () => (await prometheus.ask('up{job="evergreen"} == 1')).length === 1);
      await site.write('a', 'Newer text.');
      await site.call({ changed: true });
      const purges = 'evergreen_purges_total{result="regenerated"}';
      const count = (await scrape()).get(purges);
      await until(async () => Number((await prometheus.ask(purges))[0]?.value[1]) === count);
      const [info] = await prometheus.ask('evergreen_build_info');
      expect(info?.metric).toMatchObject({ node: process.version, version: '0.1.0' });
      const { groups } = await prometheus.get<{ groups: { rules: { health: string }[] }[] }>(
        '/api/v1/rules',
      );
      expect(groups.flatMap(({ rules }) => rules).length).toBeGreaterThan(5);
    });

    test('it understands every expression of the dashboard', async () => {
      const text = await readFile('deploy/grafana.json', 'utf8');
      const dashboard: { panels: { targets?: { expr: string }[] }[] } = JSON.parse(text);
      const all = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
      expect(all.length).toBeGreaterThan(10);
      const found = await Promise.all(
        all.map(async (expr) => {
          const query = expr
            .replaceAll('$__rate_interval', '10s')
            .replaceAll('$job', 'evergreen')
            .replaceAll('$instance', '.*');
          return (await prometheus.ask(query)).length > 0 ? undefined : expr;
        }),
      );
      expect(found.filter((expr) => expr && !/redis_up|edge_outbox/.test(expr))).toEqual([]);
    });
  });
});

describeWithPrometheus('the alerts', () => {
  test('are raised by what they are for, and by nothing less', async () => {
    const file = path.join(TEST_DIR, 'alerts.test.yml');
    const series = (name: string, values: string) => ({ series: name, values });
    const from = '{job="evergreen",instance="a"}';
    const input = [
      series(`up${from}`, '1x5 0x10'),
      series(`evergreen_edge_outbox_paths${from}`, '0x5 3x10'),
      series(`evergreen_problems${from}`, '0x5 1x10'),
      series(`evergreen_purges_total{job="evergreen",instance="a",result="failed"}`, '0x5 1x10'),
      series(`evergreen_history_lost_total${from}`, '0x5 2x10'),
      series(`evergreen_store_usable${from}`, '1x5 0x10'),
      series(`evergreen_redis_up${from}`, '1x5 0x10'),
      series(`nodejs_eventloop_lag_p99_seconds${from}`, '0.02x5 1x10'),
    ];
    const names = (await readFile('deploy/alerts.yml', 'utf8')).match(/(?<=alert: )\w+/g) ?? [];
    expect(names).toHaveLength(input.length);
    // Which alert, with its texts, is told by the difference: promtool is asked for none at all.
    const test = (evaluatedAt: string) => ({
      rule_files: [path.resolve('deploy/alerts.yml')],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: input,
          alert_rule_test: names.map((alertname) => ({ eval_time: evaluatedAt, alertname })),
        },
      ],
    });
    const raisedAt = async (time: string) => {
      await writeFile(file, JSON.stringify(test(time)));
      const told = await promisify(execFile)('promtool', ['test', 'rules', file]).then(
        () => '',
        ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
      );
      return names.filter((name) => told.includes(`alertname: ${name},`));
    };
    expect(await raisedAt('4m')).toEqual([]);
    expect(await raisedAt('14m')).toEqual(names);
  });
});

describeWithRedis('a site whose Redis is away', () => {
  let redis: Redis;
  let site: Site;
  beforeAll(async () => {
    redis = await startRedis();
    site = await startSite({ a: 'Text.' }, { REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await site.close();
    await redis.close();
  });
  const scrape = async () => {
    const { status, text } = await scrapeAt(site, { authorization: `Bearer ${SECRET}` });
    expect(status).toBe(200);
    return samplesIn(text);
  };

  test('is scraped all the same, and tells what it knows', async () => {
    await site.visit('/blog/a');
    const before = await scrape();
    expect(before.get('evergreen_redis_up')).toBe(1);
    expect(before.get('evergreen_stored_pages')).toBeGreaterThan(0);
    redis.pause();
    for (const change of [async () => undefined, () => redis.stop('crash')]) {
      await change();
      const away = await scrape();
      expect(away.get('evergreen_redis_up')).toBe(0);
      expect(away.has('evergreen_stored_pages')).toBe(false);
      expect(away.get('evergreen_posts')).toBe(1);
    }
    expect((await scrape()).get('evergreen_store_usable')).toBe(0);
    await redis.start();
    await until(async () => (await scrape()).get('evergreen_redis_up') === 1);
  });
});
