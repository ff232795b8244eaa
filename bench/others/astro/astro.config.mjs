import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';

// Highlighting by Shiki and styles in the page are the defaults.
export default defineConfig({ integrations: [mdx()], build: { inlineStylesheets: 'always' } });
