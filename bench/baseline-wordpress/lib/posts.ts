/** Asks WordPress, for each page anew, as the tutorials do it. */

export interface Post {
  slug: string;
  date: string;
  title: { rendered: string };
  excerpt: { rendered: string };
  content: { rendered: string };
  _embedded: { 'wp:term': Term[][] };
}

export interface Term {
  id: number;
  slug: string;
  name: string;
}

const api = `${process.env.WORDPRESS_URL}/wp-json/wp/v2`;

async function ask<T>(query: string): Promise<{ data: T; pages: number }> {
  const response = await fetch(`${api}/${query}`);
  if (!response.ok) throw new Error(`${query}: ${response.status}`);
  return {
    data: await response.json(),
    pages: Number(response.headers.get('x-wp-totalpages')),
  };
}

export async function getPost(slug: string): Promise<Post | undefined> {
  return (await ask<Post[]>(`posts?slug=${slug}&_embed`)).data[0];
}

/** The slugs of all posts. */
export async function getSlugs(): Promise<string[]> {
  const slugs: string[] = [];
  for (let page = 1, last = 1; page <= last; page += 1) {
    const { data, pages } = await ask<Post[]>(`posts?per_page=100&page=${page}&_fields=slug`);
    slugs.push(...data.map(({ slug }) => slug));
    last = pages;
  }
  return slugs;
}

/** The newest posts: all, or those of a category. */
export async function getNewest(category?: Term): Promise<Post[]> {
  const of = category ? `&categories=${category.id}` : '';
  const fields = '_fields=slug,date,title,excerpt';
  return (await ask<Post[]>(`posts?per_page=100&${fields}${of}`)).data;
}

export async function getCategories(): Promise<Term[]> {
  return (await ask<Term[]>('categories?per_page=100')).data;
}
