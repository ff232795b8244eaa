/**
 * What happens when the server starts: the content is read, and the renderer warmed up. A failure ends
 * the process: Next would keep it, and answer every request with a 500 for as long as it runs.
 */
export async function register() {
  // A block, not an early return: Next compiles this file for the Edge runtime too, which has no
  // `process.exit`, and leaves the block out there.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    try {
      // The import fails too, where the process may open no more files.
      const { start } = await import('./lib/start');
      await start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(
        `The server could not start, and ends: ${reason}. See to that, and start it again.`,
      );
      process.exit(1);
    }
  }
}
