import type { GetServerSideProps } from 'next';
import { sendFileBeside } from '../../../lib/readers/files-beside';
import { runtimeOfProcess } from '../../../lib/runtime-of-process';

export default function FileBeside() {
  return null;
}

/** A file beside a post, at an address that its content has part in. */
export const getServerSideProps = (async ({ req, res, params }) => {
  const { snapshots } = await runtimeOfProcess();
  const { hash = '', name = '' } = params ?? {};
  const known = () => snapshots.sources.loaded?.folder?.beside;
  // One that was just put there is known after a look at the folder.
  const isSent =
    (await sendFileBeside(req, res, hash, name, known())) ||
    (await snapshots.current().then(() => sendFileBeside(req, res, hash, name, known())));
  return isSent ? { props: {} } : { notFound: true };
}) satisfies GetServerSideProps<Record<string, never>, { hash: string; name: string }>;
