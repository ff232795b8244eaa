/**
 * Notices on their way to `NOTIFY_URL`: a small JSON each, one at a time, sent again for some minutes if nobody
 * takes it. What comes meanwhile waits, bounded, and is sent together where it is of one kind. Nobody waits for it.
 */
import pRetry, { AbortError } from 'p-retry';
import type { Environment } from '../config';
import { cut } from '../cut';
import { fetchFailure } from '../fetch-failure';
import { messageOf } from '../message-of';
import { withoutSecrets } from '../secret';

/** What is told, and its title. */
const TITLES = {
  'purge-failed': 'Purges fail',
  'purge-works': 'Purges work again',
  'post-broke': 'Posts cannot be used',
  'post-mended': 'Posts can be used again, or are gone',
  'edge-owed': 'An edge has not confirmed for a minute what it was to drop',
  'edge-told': 'The edges have confirmed everything',
} as const;

/** What has happened. */
export type NoticeEvent = keyof typeof TITLES;

/** One thing that is wrong, or works again. */
export interface NoticeItem {
  /** A path, a file, or a cause. */
  what: string;
  why?: string;
}

/** What somebody is told. */
export interface Notice {
  event: NoticeEvent;
  items: NoticeItem[];
  /** Things beyond those. */
  more: number;
}

/** How often and how long the receiver is asked, in ms. */
export interface DeliveryPatience {
  retries: number;
  minTimeout: number;
  maxTimeout: number;
  timeout: number;
}

/** A quarter of an hour. */
const PATIENCE: DeliveryPatience = {
  retries: 20,
  minTimeout: 1000,
  maxTimeout: 60_000,
  timeout: 5000,
};

const MOST_ITEMS = 10;
const MOST_WAITING = 20;
/** Characters of a path, a file or a cause. */
const MOST_TEXT = 300;

/** Statuses at which it makes sense to ask again, besides those from 500 on. */
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

/** Tells one receiver. */
export class NoticeDelivery {
  private readonly waiting: Notice[] = [];
  private readonly closing = new AbortController();
  private isSending = false;
  private isDown = false;

  constructor(
    private readonly settings: () => Environment,
    private readonly patience: DeliveryPatience = PATIENCE,
  ) {}

  /** Has this told, as soon as can be. Never throws. */
  tell(event: NoticeEvent, items: readonly NoticeItem[]): void {
    if (items.length === 0) return;
    const last = this.waiting.at(-1);
    const notice = last?.event === event ? last : { event, items: [], more: 0 };
    if (notice !== last) this.waiting.push(notice);
    const news = items.slice(0, Math.max(0, MOST_ITEMS - notice.items.length));
    notice.items.push(...news);
    notice.more += items.length - news.length;
    // The oldest goes: what holds now matters more.
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
    void this.sendAll();
  }

  /** Gives up what is on its way. */
  close(): void {
    this.closing.abort();
  }

  private async sendAll(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (;;) {
      const notice = this.waiting.shift();
      if (!notice) break;
      await this.send(notice);
    }
    this.isSending = false;
  }

  private async send(notice: Notice): Promise<void> {
    const { retries, minTimeout, maxTimeout } = this.patience;
    const options = {
      retries,
      minTimeout,
      maxTimeout,
      signal: this.closing.signal,
      unref: true,
      onFailedAttempt: ({ error }: { error: Error }) => this.noteDown(error),
    };
    try {
      await pRetry(() => this.post(notice), options);
      this.isDown = false;
    } catch (error) {
      this.noteDown(error);
    }
  }

  private async post(notice: Notice): Promise<void> {
    const { notifyUrl } = this.settings();
    if (notifyUrl === undefined) return;
    const { timeout } = this.patience;
    const response = await fetch(notifyUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(bodyOf(notice, this.settings())),
      redirect: 'manual',
      signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(timeout)]),
    }).catch((error: unknown) => {
      throw new Error(fetchFailure(error, timeout));
    });
    await response.body?.cancel();
    const { ok, status } = response;
    if (ok) return;
    const failure = new Error(`it answered ${status}`);
    throw status >= 500 || AGAIN.has(status) ? failure : new AbortError(failure);
  }

  /** In the log once, until it takes something again. The address stays out of it: most hold a secret. */
  private noteDown(error: unknown): void {
    const { notifyUrl } = this.settings();
    if (this.isDown || this.closing.signal.aborted || notifyUrl === undefined) return;
    this.isDown = true;
    const { origin } = new URL(notifyUrl);
    const reason = messageOf(error).replaceAll(notifyUrl, origin);
    console.error(`NOTIFY_URL at ${origin} cannot be told what happens: ${reason}`);
  }
}

/** What is sent: `text` for Slack and Mattermost, and the same as data. */
export function bodyOf({ event, items, more }: Notice, settings: Environment): object {
  const { siteUrl, secrets, metricsToken = [] } = settings;
  const clean = (text: string) =>
    cut(withoutSecrets(text, secrets.concat(metricsToken)).replace(/\p{Cc}+/gu, ' '), MOST_TEXT);
  const shown = items.map(({ what, why }) => ({
    what: clean(what),
    why: why === undefined ? undefined : clean(why),
  }));
  const lines = shown.map(({ what, why }) =>
    [what, why].flatMap((text) => (text === undefined ? [] : [asCode(text)])).join(': '),
  );
  const text = [
    `${escaped(siteUrl)}: ${TITLES[event]}`,
    ...lines.map((line) => `• ${line}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
  return { text, event, site: siteUrl, details: { items: shown, more } };
}

/** As code, where nothing is a link or calls anybody: neither in Slack nor in Mattermost. */
const asCode = (text: string): string => `\`${escaped(text.replaceAll('`', "'"))}\``;

/** For Slack, whose markup is in angle brackets. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
