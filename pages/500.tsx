import { Layout } from '../components/layout';

export const config = { unstable_runtimeJS: false };

export default function ServerError() {
  return (
    <Layout title="Something went wrong">
      <h1>This page could not be made</h1>
      <p>
        The fault is on our side, and it is in the log. Try again in a minute, or read the{' '}
        <a href="/">newest posts</a>.
      </p>
    </Layout>
  );
}
