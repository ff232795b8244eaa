/** The console's first page: how the site is now. */
import type { GetServerSideProps, InferGetServerSidePropsType } from 'next';
import { createElement } from 'react';
import { ConsoleLayout } from '../../components/console/layout';
import { Now } from '../../components/console/now';
import { guarded } from '../../lib/console/guard';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

export const config = { unstable_runtimeJS: false };

/** Has what stands inside it as the server has it now, every few seconds. */
const REFRESH_ELEMENT = 'console-refresh';

export default function NowPage({
  status,
  console: { formToken },
}: InferGetServerSidePropsType<typeof getServerSideProps>) {
  return (
    <ConsoleLayout title="Now" active="now" formToken={formToken} elements={[REFRESH_ELEMENT]}>
      {createElement(REFRESH_ELEMENT, {}, <Now status={status} formToken={formToken} />)}
    </ConsoleLayout>
  );
}

export const getServerSideProps = ((context) =>
  guarded(context, async () => {
    const { status } = await runtimeOfProcess();
    return { status: await status() };
  })) satisfies GetServerSideProps;
