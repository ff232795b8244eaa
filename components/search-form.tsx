/** The form that asks the search: a landmark, on its own page and wherever else one may look for it. */
import { MAX_QUERY_LENGTH } from '../lib/readers/search-words';
import { useSite } from './frame-context';

interface SearchFormProps {
  /** Of the input: another one for each form of a page, with a dot in it, which no heading's has. */
  id: string;
  /** Names the landmark and the input: another one for each form of a page. */
  label: string;
  value?: string;
}

export function SearchForm({ id, label, value }: SearchFormProps) {
  const { prefix, words } = useSite();
  return (
    // The role is for browsers that do not know the element yet.
    <search role="search" aria-label={label} className="search">
      <form action={`${prefix}/search`}>
        <label htmlFor={id}>{label}</label>
        <input
          type="search"
          id={id}
          name="q"
          defaultValue={value}
          maxLength={MAX_QUERY_LENGTH}
          enterKeyHint="search"
        />
        <button type="submit">{words.search}</button>
      </form>
    </search>
  );
}
