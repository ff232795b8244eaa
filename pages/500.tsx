import { useSite } from '../components/frame-context';
import { Layout } from '../components/layout';

export const config = { unstable_runtimeJS: false };

export default function ServerError() {
  const { newest, words } = useSite();
  return (
    <Layout title={words.somethingWentWrong}>
      <h1>{words.somethingWentWrong}</h1>
      <p className="lead">{words.faultIsOurs}</p>
      {newest !== undefined && (
        <p>
          <a href={newest}>{words.newestPosts}</a>
        </p>
      )}
    </Layout>
  );
}
