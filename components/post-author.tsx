/** Who wrote a post, as `site.config.mjs` describes them. */
import { Fragment } from 'react';
import { SITE } from '../lib/site/site-config';
import type { AuthorLink } from '../lib/site/views';
import { useArticle } from './article';

/** The side of the square in which a picture is shown. */
const PICTURE = 72;

/** `author` is the post's own; without one, the post is by the site's. */
export function PostAuthor({ author }: { author?: AuthorLink }) {
  const { words } = useArticle();
  const { title, path } = author ?? { title: SITE.author };
  const described =
    title !== undefined && Object.hasOwn(SITE.authors ?? {}, title)
      ? SITE.authors?.[title]
      : undefined;
  if (!described) return null;
  const { about, picture, links = [] } = described;
  return (
    <section className="author" aria-label={words.aboutTheAuthor}>
      {picture !== undefined && (
        // next/image would write a style attribute, which the site's policy forbids.
        // eslint-disable-next-line @next/next/no-img-element
        <img src={picture} alt="" width={PICTURE} height={PICTURE} loading="lazy" />
      )}
      <div>
        <p>
          <b>{path === undefined ? title : <a href={path}>{title}</a>}</b>
        </p>
        {about !== undefined && <p>{about}</p>}
        {links.length > 0 && (
          <p className="meta">
            {links.map(({ title, href }, index) => (
              <Fragment key={href}>
                {index > 0 && '\u00A0· '}
                <a href={href} rel="me">
                  {title}
                </a>
              </Fragment>
            ))}
          </p>
        )}
      </div>
    </section>
  );
}
