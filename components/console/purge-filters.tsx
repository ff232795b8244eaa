/** The form by which the list of purges is narrowed down: it asks by GET, so that its answer has an address. */
import type { ListFields } from '../../lib/console/list-query';
import { RESULTS } from '../../lib/console/purges-query';
import { RESULT_WORDS } from './purge-words';

interface PurgeFiltersProps {
  fields: ListFields;
  /** To choose from. */
  senders: readonly string[];
}

/** Draws the form, filled in as it was sent. */
export function PurgeFilters({
  fields: { result, sender, path, since },
  senders,
}: PurgeFiltersProps) {
  const offered = sender === '' || senders.includes(sender) ? senders : [...senders, sender];
  return (
    <form className="row filters" action="/console/purges#list" role="search" aria-label="Purges">
      <div className="field">
        <label htmlFor="result">Result</label>
        <select id="result" name="result" defaultValue={result}>
          <option value="">any</option>
          {RESULTS.map((one) => (
            <option key={one} value={one}>
              {RESULT_WORDS[one]}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor="sender">Sender</label>
        <select id="sender" name="sender" defaultValue={sender}>
          <option value="">any</option>
          {offered.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor="path">Page</label>
        <input
          type="text"
          id="path"
          name="path"
          defaultValue={path}
          placeholder="/blog/my-post"
          maxLength={1024}
        />
      </div>
      <div className="field">
        <label htmlFor="since">Since (day in UTC)</label>
        <input id="since" name="since" type="date" defaultValue={since} />
      </div>
      <button type="submit">Show</button>
    </form>
  );
}
