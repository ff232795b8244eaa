import type { GetServerSideProps } from 'next';
import { cardVersion, faceOf } from '../../lib/card';
import { cardPng } from '../../lib/cards';
import { currentContent } from '../../lib/content';
import { send } from '../../lib/send';

export default function Card() {
  return null;
}

/** The address names what the card shows, so that another card has another address. */
const FOR_EVER = 'public, max-age=31536000, immutable';

export const getServerSideProps = (async ({ req, res, params, query }) => {
  const { site } = await currentContent();
  const face = faceOf(params?.file ?? '', site.posts, String(query.v));
  if (!face) return { notFound: true };
  const version = cardVersion(face);
  await send(req, res, {
    version,
    contentType: 'image/png',
    cacheControl: query.v === version ? FOR_EVER : undefined,
    body: () => cardPng(face),
  });
  return { props: {} };
}) satisfies GetServerSideProps<Record<string, never>, { file: string }>;
