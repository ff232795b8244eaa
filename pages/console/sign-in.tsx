/** Where one signs in to the console. */
import type { GetServerSideProps } from 'next';
import { ConsoleForm, ConsoleHead } from '../../components/console/layout';
import { environment } from '../../lib/config';
import { destinationOf, isRead, setHeaders } from '../../lib/console/guard';
import { secretsOfConsole } from '../../lib/console/session';
import { SITE } from '../../lib/site/site-config';
import { losesCookies } from '../../lib/console/connection';

export const config = { unstable_runtimeJS: false };

interface SignInProps {
  to: string;
  /** Why the last attempt did not succeed. */
  message: string | null;
  isPlain: boolean;
}

const MESSAGES = new Map([
  ['wrong', 'That is not the secret of this site.'],
  ['throttled', 'Too many attempts from this address. Wait a minute.'],
  ['elsewhere', 'The form came from another site. Sign in here.'],
  ['out', 'You are signed out.'],
]);

export default function SignIn({ to, message, isPlain }: SignInProps) {
  return (
    <>
      <ConsoleHead title="Sign in" />
      <main className="narrow">
        <a href="/" className="name">
          {SITE.name}
        </a>
        <h1>Sign in to the console</h1>
        {message && (
          <p className="note warn" role="status">
            {message}
          </p>
        )}
        {isPlain && (
          <p className="note warn">
            This page was opened over plain http. Browsers keep the console’s cookie only over
            https, or on localhost: use the https address of the site.
          </p>
        )}
        <ConsoleForm action="sign-in">
          <input type="hidden" name="to" value={to} />
          <div className="field">
            <label htmlFor="secret">Secret</label>
            <input
              id="secret"
              name="secret"
              type="password"
              autoComplete="current-password"
              required
              aria-describedby="which"
            />
            <small id="which">The value of MY_SECRET_TOKEN, by which purges are made.</small>
          </div>
          <button className="main">Sign in</button>
        </ConsoleForm>
      </main>
    </>
  );
}

export const getServerSideProps = (async (context) => {
  const { secrets, siteUrl } = environment();
  if (secretsOfConsole(secrets).length === 0 || !isRead(context)) return { notFound: true };
  setHeaders(context);
  const { to, why } = context.query;
  const message = MESSAGES.get(String(why)) ?? null;
  const isPlain = losesCookies(context.req.headers, siteUrl);
  return { props: { to: destinationOf(to), message, isPlain } };
}) satisfies GetServerSideProps<SignInProps>;
