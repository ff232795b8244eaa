import { Layout } from '../components/layout';

export const config = { unstable_runtimeJS: false };

export default function NotFound() {
  return (
    <Layout title="Not found">
      <h1>There is no such page</h1>
      <p>
        It may have been removed or renamed. The <a href="/">newest posts</a> are a good place to
        look.
      </p>
    </Layout>
  );
}
