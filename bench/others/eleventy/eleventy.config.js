import syntaxHighlight from '@11ty/eleventy-plugin-syntaxhighlight';

export default function (config) {
  config.addPlugin(syntaxHighlight);
  // Read as Markdown: what MDX has besides stays as it is.
  config.addExtension('mdx', { key: 'md' });
  config.addTemplateFormats('mdx');
  config.addCollection('posts', (all) => all.getFilteredByGlob('posts/*.mdx'));
  return { dir: { output: 'dist' } };
}
