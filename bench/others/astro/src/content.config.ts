import { defineCollection, z } from 'astro:content';
import { glob } from 'astro/loaders';

export const collections = {
  posts: defineCollection({
    loader: glob({ pattern: '*.mdx', base: './posts' }),
    schema: z.object({
      title: z.string(),
      date: z.coerce.date(),
      summary: z.string(),
      category: z.string(),
      tags: z.array(z.string()),
      author: z.string(),
    }),
  }),
};
