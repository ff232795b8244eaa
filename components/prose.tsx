/** The body of a post: HTML that our own renderer made, taken as it is. */
export function Prose({ html = '' }: { html?: string }) {
  return <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />;
}
