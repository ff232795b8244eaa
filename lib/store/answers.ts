/**
 * What Next answered to visitors of stored pages, to be answered again without Next, whose way to a page
 * takes many times as long as to send it: as it was, but for the encoding, for as long as the page is the
 * one that the store would give to Next.
 *
 * It leans on these internals of Next, which `__tests__/server/answers.test.ts` compares it with:
 * - `x-nextjs-cache: HIT` says that the page is what the store gave, and not too old;
 * - the `ETag` of a page is made of its HTML alone, by `next/dist/server/lib/etag`;
 * - cookies and headers of a request by which Next answers otherwise have the names below.
 */
import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import fresh from 'fresh';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { generateETag } from 'next/dist/server/lib/etag';
import { takeRequests } from '../exchange';
import { isOurSpelling } from '../site/paths';
import type { StoredPage } from './place';
import type { Store } from './store';

/** How many bytes of answers are kept: those to some five hundred pages, in all encodings. */
const MOST_BYTES = 16 * 1024 ** 2;
/** About what the headers of an answer take, most of which all answers share. */
const BYTES_OF_HEADERS = 1000;

/** By which a draft is shown in place of the page, to who may see it. */
const PREVIEW_COOKIE = /__prerender_bypass|__next_preview_data/;
/** Of a request that is no visitor's, or that Next's own scripts make. */
const HEADER_OF_NEXT = /^(?:x-(?:prerender|nextjs|middleware|matched|invoke|now)-|next-|rsc$)/;
/** Of a request with a body, which nobody would read. */
const BODY_HEADERS = ['content-length', 'transfer-encoding'];
/** Made for each answer: by what is sent, and in which encoding. */
const HEADERS_OF_BODY: ReadonlySet<string> = new Set(['content-length', 'content-encoding']);

/** Best first, and identity where none of them may be sent. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** As much smaller than by gzip as can be had in about the same time. */
const BROTLI_QUALITY = 5;

const brotli = promisify(brotliCompress);

const compressors: Record<Encoding, (html: Buffer) => Buffer | Promise<Buffer>> = {
  br: (html) => brotli(html, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: promisify(gzip),
  identity: (html) => html,
};

/** One page, as Next answered with it. */
interface Answer {
  headers: ReadonlyMap<string, OutgoingHttpHeader>;
  etag: string;
  /** How long Next would serve the page before it has the next one rendered. */
  maxAgeMs: number;
  /** The stored page that it was seen to be of. */
  of?: Pick<StoredPage, 'revision' | 'lastModified'>;
  /** In each encoding that was asked for. */
  bodies: Map<Encoding, Promise<Buffer>>;
}

/** The answers of one process. */
export class Answers {
  private readonly kept = new LRUCache<string, Answer>({
    maxSize: MOST_BYTES,
    sizeCalculation: () => BYTES_OF_HEADERS,
  });
  /** Values of headers that were kept last: those that all pages have are kept once. */
  private readonly shared = new Map<string, OutgoingHttpHeader>();

  constructor(
    private readonly parts: {
      store: Pick<Store, 'pageToServe'>;
      /** The time, in ms since 1970. */
      now: () => number;
    },
  ) {}

  /** Answers the requests of this process, as far as it can, before its servers hear of them. */
  takeRequests(): () => void {
    return takeRequests((request, response) => {
      const address = request.url ?? '';
      if (!isPlainVisit(request)) return false;
      const answer = this.kept.get(address);
      if (answer) return this.give(answer, address, request, response);
      if (isOurSpelling(address)) this.keepWhatNextAnswers(address, response);
      return false;
    });
  }

  /** Returns whether it was given. */
  private async give(
    answer: Answer,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    const page = await this.parts.store.pageToServe(path);
    if (!page || !this.isOf(answer, page)) {
      // Next's next answer takes its place.
      if (this.kept.get(path) === answer) this.kept.delete(path);
      this.keepWhatNextAnswers(path, response);
      return false;
    }
    const { headers, etag } = answer;
    if (fresh(request.headers, { etag })) {
      for (const [name, value] of headers) {
        if (name !== 'content-type') response.setHeader(name, value);
      }
      response.writeHead(304).end();
      return true;
    }
    const encoding = encodingFor(request);
    const body = await this.bodyOf(answer, path, page, encoding);
    for (const [name, value] of headers) response.setHeader(name, value);
    if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
    response.setHeader('Content-Length', body.length);
    response.writeHead(200).end(body);
    return true;
  }

  /** Whether an answer is of this page, and the page not too old. */
  private isOf(answer: Answer, { lastModified, revision, value }: StoredPage): boolean {
    if (value?.kind !== 'PAGES' || this.parts.now() >= lastModified + answer.maxAgeMs) return false;
    if (!answer.of) {
      // Between Next's look into the store and its answer another page may have been stored.
      if (generateETag(value.html) !== answer.etag) return false;
      answer.of = { lastModified, revision };
    }
    return answer.of.lastModified === lastModified && answer.of.revision === revision;
  }

  private bodyOf(
    answer: Answer,
    path: string,
    { value }: StoredPage,
    encoding: Encoding,
  ): Promise<Buffer> {
    const known = answer.bodies.get(encoding);
    if (known) return known;
    const html = Buffer.from(value?.kind === 'PAGES' ? value.html : '');
    const body = Promise.resolve(compressors[encoding](html));
    answer.bodies.set(encoding, body);
    body.then(
      ({ length }) => {
        if (this.kept.peek(path) !== answer) return;
        const size = this.kept.info(path)?.size ?? BYTES_OF_HEADERS;
        this.kept.set(path, answer, { size: size + length });
      },
      // Who asked hears of it, and the next one tries again.
      () => answer.bodies.delete(encoding),
    );
    return body;
  }

  /** Notes what Next answers, if that is a stored page. */
  private keepWhatNextAnswers(path: string, response: ServerResponse): void {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (status: number, ...rest: unknown[]) => {
      if (status === 200 && rest.length === 0 && response.getHeader('x-nextjs-cache') === 'HIT') {
        this.keep(path, response);
      }
      return Reflect.apply(writeHead, response, [status, ...rest]);
    };
  }

  private keep(path: string, response: ServerResponse): void {
    const etag = response.getHeader('ETag');
    const maxAge = /(?:^|[\s,])s-maxage=(\d+)/.exec(String(response.getHeader('Cache-Control')));
    if (typeof etag !== 'string' || !maxAge) return;
    const headers = new Map<string, OutgoingHttpHeader>();
    for (const name of response.getHeaderNames()) {
      const value = response.getHeader(name);
      if (value === undefined || HEADERS_OF_BODY.has(name)) continue;
      const last = this.shared.get(name);
      if (last !== value) this.shared.set(name, value);
      headers.set(name, last === value ? last : value);
    }
    const maxAgeMs = 1000 * Number(maxAge[1]);
    this.kept.set(path, { headers, etag, maxAgeMs, bodies: new Map() });
  }
}

/** Whether Next would answer a request as it answers all visitors of its address. */
function isPlainVisit({ method, url = '', headers }: IncomingMessage): boolean {
  if (method !== 'GET' || url.startsWith('/api/') || url.startsWith('/_next/')) return false;
  if (headers.cookie !== undefined && PREVIEW_COOKIE.test(headers.cookie)) return false;
  for (const name in headers) {
    if (HEADER_OF_NEXT.test(name) || BODY_HEADERS.includes(name)) return false;
  }
  return true;
}

/** Browsers send one of a few values. */
const encodings = new LRUCache<string, Encoding>({ max: 100 });

function encodingFor({ headers }: IncomingMessage): Encoding {
  const asked = headers['accept-encoding'];
  if (typeof asked !== 'string') return 'identity';
  let encoding = encodings.get(asked);
  if (encoding === undefined) {
    const accepted = new Negotiator({ headers }).encodings([...ENCODINGS]);
    encoding = ENCODINGS.find((one) => accepted.includes(one)) ?? 'identity';
    encodings.set(asked, encoding);
  }
  return encoding;
}
