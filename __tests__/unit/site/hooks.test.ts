/** What an owner may take from elsewhere, and what the policy opens for it. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { analyticsScript, PostHooks } from '../../../components/hooks';
import { checkSiteConfig } from '../../../lib/site/check-site-config';
import { originsOf, type Hooks } from '../../../lib/site/hooks';
import own from '../../setup/site.config.mjs';

const HOOKS: Hooks = {
  analytics: {
    script: 'https://stats.example/js/script.js',
    attributes: { 'data-domain': 'blog.example' },
    connect: ['https://stats.example/api'],
  },
  comments: {
    script: 'https://giscus.example/client.js',
    frames: ['https://giscus.example'],
    styles: ['https://giscus.example'],
  },
  newsletter: { action: 'https://mail.example/you' },
};

test('each opens the policy for its origins, and nothing is open without one', () => {
  expect(originsOf(HOOKS)).toEqual({
    script: ['https://stats.example', 'https://giscus.example'],
    connect: ['https://stats.example'],
    frame: ['https://giscus.example'],
    style: ['https://giscus.example'],
    form: ['https://mail.example'],
  });
  expect(Object.values(originsOf()).flat()).toEqual([]);
  expect(checkSiteConfig({ ...own, hooks: HOOKS })).toMatchObject({ hooks: HOOKS });
});

test.each<[string, object, string]>([
  ['no TLS', { newsletter: { action: 'http://a.example' } }, 'hooks.newsletter.action: must be an'],
  ['a path', { comments: { script: '/a.js' } }, 'hooks.comments.script: must be an address'],
  ['data', { analytics: { script: 'data:text/javascript,1' } }, 'hooks.analytics.script: must'],
  [
    'a handler',
    { analytics: { script: 'https://a.example/', attributes: { onload: 'alert(1)' } } },
    'hooks.analytics.attributes.onload: ',
  ],
  ['another hook', { chat: {} }, 'Unrecognized key: "chat"'],
])('%s is refused with the member', (_, hooks, line) => {
  expect(() => checkSiteConfig({ ...own, hooks })).toThrow(line);
});

test('on pages there is nothing of them by default, and what is named where it is', () => {
  const shownWith = (hooks: Hooks) =>
    renderToStaticMarkup(
      createElement('main', {}, analyticsScript(hooks), createElement(PostHooks, { hooks })),
    );
  expect(shownWith({})).toBe('<main></main>');
  const html = shownWith(HOOKS);
  expect(html).toContain(
    '<script defer="" src="https://stats.example/js/script.js" data-domain="blog.example"></script>',
  );
  expect(html).toContain(
    '<section class="comments"><script defer="" src="https://giscus.example/client.js">',
  );
  expect(html).toMatch(/<form [^>]*action="https:\/\/mail\.example\/you" method="post">/);
  expect(html).toContain('name="email"');
});
