import { isHttpError } from 'http-errors';
import type { GetServerSideProps } from 'next';
import { imagePath, versionOf, faceOf } from '../../lib/readers/open-graph-image';
import { runtimeOfProcess } from '../../lib/runtime-of-process';
import { send } from '../../lib/readers/send';

export default function Picture() {
  return null;
}

/** The address names what the image shows, so that another image has another address. */
const FOR_EVER = 'public, max-age=31536000, immutable';

export const getServerSideProps = (async ({ req, res, params, query }) => {
  const { snapshots, images } = await runtimeOfProcess();
  const { site } = await snapshots.current();
  const face = faceOf(params?.file ?? '', site, String(query.v));
  if (!face) return { notFound: true };
  try {
    await send(req, res, {
      version: versionOf(face),
      contentType: 'image/png',
      // Only at the one address that pages name: a cache must not keep it once for each spelling.
      cacheControl: req.url === imagePath(face) ? FOR_EVER : undefined,
      body: () => images.png(face),
    });
  } catch (error) {
    if (!isHttpError(error)) throw error;
    res.writeHead(error.status, { 'Cache-Control': 'no-store', 'Retry-After': '5' });
    res.end(`${error.message}\n`);
  }
  return { props: {} };
}) satisfies GetServerSideProps<Record<string, never>, { file: string }>;
