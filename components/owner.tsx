/** Whose site it is: the head of the home page. */
import { SITE } from '../lib/site/site-config';
import { useSite } from './frame-context';

/** In pixels; a picture of any other shape is cut to this square. */
const PICTURE_SIZE = 96;

export function Owner() {
  const { name, about, words } = useSite();
  const { picture } = SITE.owner ?? {};
  return (
    <div className="owner">
      {picture !== undefined && (
        // As it is: next/image would write a style attribute, which the site's policy forbids.
        // eslint-disable-next-line @next/next/no-img-element
        <img src={picture} alt="" width={PICTURE_SIZE} height={PICTURE_SIZE} decoding="async" />
      )}
      <div>
        {/* Without a picture beside it, it would stand below itself in the header. */}
        <h1 className={picture === undefined && about !== name ? 'sr-only' : undefined}>{name}</h1>
        {/* A WordPress without a tagline describes itself by its name. */}
        {about !== name && <p className="lead">{about}</p>}
        {SITE.profiles.length > 0 && (
          <nav aria-label={words.elsewhere}>
            {SITE.profiles.map((profile) => {
              const { title, href } =
                typeof profile === 'string'
                  ? { title: new URL(profile).host, href: profile }
                  : profile;
              return (
                <a key={href} href={href} rel="me">
                  {title}
                </a>
              );
            })}
          </nav>
        )}
      </div>
    </div>
  );
}
