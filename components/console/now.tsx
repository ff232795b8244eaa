/** What the console's first page shows: how the site is now. */
import { countOf } from '../../lib/count-of';
import type { Finding, Known, Listed, SiteStatus } from '../../lib/console/status';
import { ConsoleForm } from './layout';
import { Moment, spanOf } from './moment';
import { momentOf, numberOf } from './words';

/** The state of the site, from what has to be done to what is merely so. */
export function Now({ status, formToken }: { status: SiteStatus; formToken: string }) {
  const { problems, warnings, nowMs } = status;
  return (
    <>
      <Alarms status={status} formToken={formToken} />
      <Figures status={status} />
      {problems.first.length > 0 && (
        <Findings
          title="Problems"
          about="Posts that cannot be used. A page that was published keeps its last good version."
          findings={problems}
        />
      )}
      <div className="parts">
        <Sources status={status} />
        <StoreAndHistory status={status} />
        <Around status={status} />
        <Scheduled status={status} />
      </div>
      {warnings.first.length > 0 && (
        <Findings
          title="Left out"
          about="What the site does without, and why. No page fails for it."
          findings={warnings}
        />
      )}
      <p className="soft">As of {momentOf(nowMs)}.</p>
    </>
  );
}

/** What somebody should do something about, or a sentence that there is nothing. */
function Alarms({ status, formToken }: { status: SiteStatus; formToken: string }) {
  const { failure, isRefused, store, history, edges, nowMs, site, problems } = status;
  const owed = edges && 'value' in edges.owed ? edges.owed.value : undefined;
  const countOwed = owed ? owed.first.length + owed.more : 0;
  const alarms = [
    isRefused && failure && (
      <div className="note bad" key="refused">
        <p>{failure.message}</p>
        <ConsoleForm action="plan" token={formToken}>
          <input type="hidden" name="confirm" value="removals" />
          <button>Show what would be removed</button>
        </ConsoleForm>
      </div>
    ),
    !isRefused && failure && (
      <p className="note bad" key="failure">
        The sources could not be read <Moment atMs={failure.atMs} nowMs={nowMs} />:{' '}
        {failure.message}. Visitors are served what was read before.
      </p>
    ),
    !site && !failure && (
      <p className="note warn" key="unread">
        The sources have not been read yet.
      </p>
    ),
    store.problem && (
      <p className="note bad" key="store">
        Pages cannot be stored: {store.problem}
      </p>
    ),
    history.lost > 0 && (
      <p className="note bad" key="history">
        {countOf(history.lost, 'purge')} could not be kept in the history since the start:{' '}
        {history.reason}. The purges themselves were carried out.
      </p>
    ),
    countOwed > 0 && (
      <p className="note warn" key="owed">
        {countOf(countOwed, 'page')} may be outdated on an edge, which has not confirmed to have
        dropped them. The next purge tells it again.
      </p>
    ),
  ].filter(Boolean);
  if (alarms.length > 0 || problems.first.length > 0) return alarms;
  return <p className="note good">Nothing has to be done.</p>;
}

function Figures({ status }: { status: SiteStatus }) {
  const { site, stored, problems, history, nowMs } = status;
  const countProblems = problems.first.length + problems.more;
  const last = 'value' in history.last ? history.last.value : undefined;
  return (
    <ul className="figures">
      <li>
        <b>{site ? numberOf(site.posts) : '–'}</b>
        <span>posts published</span>
      </li>
      <li>
        <b>{site ? numberOf(site.pages) : '–'}</b>
        <span>pages of the site</span>
      </li>
      <li>
        <b>{'value' in stored ? numberOf(stored.value) : '–'}</b>
        <span>pages stored</span>
      </li>
      <li>
        <b>{numberOf(countProblems)}</b>
        <span>{countProblems === 1 ? 'problem' : 'problems'}</span>
      </li>
      <li>
        <b>{last ? spanOf(nowMs - last.atMs) : '–'}</b>
        <span>
          since the{' '}
          {last ? (
            <a href={`/console/purges/${encodeURIComponent(last.id)}`}>last purge</a>
          ) : (
            'last purge'
          )}
        </span>
      </li>
    </ul>
  );
}

function Findings({
  title,
  about,
  findings: { first, more },
}: {
  title: string;
  about: string;
  findings: Listed<Finding>;
}) {
  return (
    <section>
      <h2>{title}</h2>
      <p className="soft">{about}</p>
      <ul className="findings">
        {first.map(({ where, field, message }, index) => (
          <li key={index}>
            <b className="mono">{where}</b> {field !== undefined && `${field}: `}
            {message}
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p>
          {numberOf(more)} more: <code>npm run check:posts</code> lists them all.
        </p>
      )}
    </section>
  );
}

function Sources({ status: { sources, failure, readAtMs, nowMs, site } }: { status: SiteStatus }) {
  return (
    <section>
      <h2>Sources</h2>
      <dl className="facts">
        {sources.map(({ kind, where, posts }) => (
          <div key={kind}>
            <dt>{kind}</dt>
            <dd>
              <span className="mono">{where}</span>
              {posts !== undefined && `, ${countOf(posts, 'post')}`}
            </dd>
          </div>
        ))}
        <div>
          <dt>Read</dt>
          <dd>
            {readAtMs === undefined ? 'not yet' : <Moment atMs={readAtMs} nowMs={nowMs} />}{' '}
            <State isGood={!failure && readAtMs !== undefined} good="reachable" bad="failed" />
          </dd>
        </div>
        {site !== undefined && site.unchecked > 0 && (
          <div>
            <dt>Being checked</dt>
            <dd>{countOf(site.unchecked, 'post')}, which are listed once they render</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function StoreAndHistory({ status: { store, stored, history } }: { status: SiteStatus }) {
  return (
    <section>
      <h2>Store and history</h2>
      <dl className="facts">
        <div>
          <dt>Pages</dt>
          <dd>
            on {store.where}{' '}
            <State isGood={!store.problem} good="can be written" bad="cannot be written" />
            <Why of={stored} />
          </dd>
        </div>
        <div>
          <dt>History</dt>
          <dd>
            <State isGood={history.lost === 0} good="kept" bad="lost" />
            {history.torn > 0 && ` ${countOf(history.torn, 'entry', 'entries')} cannot be read`}
            <Why of={history.last} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Around({ status }: { status: SiteStatus }) {
  const { instances, edges, versions, startedAtMs, memoryBytes, nowMs } = status;
  return (
    <section>
      <h2>Instances and edges</h2>
      <dl className="facts">
        <div>
          <dt>This instance</dt>
          <dd>
            <span className="mono">{instances.own}</span>, running for {spanOf(nowMs - startedAtMs)}
            , {numberOf(Math.round(memoryBytes / 1024 ** 2))} MB
          </dd>
        </div>
        {instances.count && (
          <div>
            <dt>Instances</dt>
            <dd>
              {'value' in instances.count && numberOf(instances.count.value)}
              <Why of={instances.count} />
            </dd>
          </div>
        )}
        <div>
          <dt>Edges</dt>
          <dd>
            {edges
              ? edges.addresses.map((address) => (
                  <span className="mono line" key={address}>
                    {address}
                  </span>
                ))
              : 'none: EDGE_URLS is not set'}
          </dd>
        </div>
        {edges && (
          <div>
            <dt>Owed to them</dt>
            <dd>
              <Owed owed={edges.owed} />
            </dd>
          </div>
        )}
        <div>
          <dt>Versions</dt>
          <dd>
            Evergreen {versions.evergreen}, Next {versions.next}, Node{' '}
            {versions.node.replace(/^v/, '')}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Owed({ owed }: { owed: Known<Listed<string> & { all: boolean }> }) {
  if ('error' in owed) return <Why of={owed} />;
  const { first, more, all } = owed.value;
  if (all) return 'everything: nothing is known of what they hold until the next purge';
  if (first.length === 0) return <State isGood good="nothing" bad="" />;
  return (
    <>
      {first.map((path) => (
        <a
          className="line"
          key={path}
          href={`/console/page?${new URLSearchParams({ path }).toString()}`}
        >
          {path}
        </a>
      ))}
      {more > 0 && `and ${numberOf(more)} more`}
    </>
  );
}

function Scheduled({ status: { scheduled, nowMs } }: { status: SiteStatus }) {
  const { first, more } = scheduled;
  return (
    <section>
      <h2>Comes next</h2>
      {first.length === 0 ? (
        <p>No post is scheduled.</p>
      ) : (
        <dl className="facts">
          {first.map(({ title, path, atMs }) => (
            <div key={path}>
              <dt>
                <Moment atMs={atMs} nowMs={nowMs} />
              </dt>
              <dd>
                {title}{' '}
                <span className="soft line">
                  {path}, {momentOf(atMs)}
                </span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {more > 0 && <p>and {numberOf(more)} more</p>}
    </section>
  );
}

const State = ({ isGood, good, bad }: { isGood: boolean; good: string; bad: string }) => (
  <span className={`badge ${isGood ? 'good' : 'bad'}`}>{isGood ? good : bad}</span>
);

/** Why something is not known, if so. */
const Why = ({ of }: { of: Known<unknown> }) =>
  'error' in of ? <span> not known now: {of.error}</span> : null;
