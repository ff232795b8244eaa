/** What happens when the server starts: the content is read, and the renderer warmed up. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { start } = await import('./lib/start');
  await start();
}
