/** One page of the site, whose view, dependencies and revision are computed when they are first asked for. */
import { hash } from '../hash';
import { dependenciesOf, type Dependencies } from './dependencies';
import type { View } from './views';

/** One path of the site. Its members are computed when they are first asked for. */
export interface Page {
  /** The kind of its view, known without it. */
  readonly kind: View['kind'];
  readonly view: View;
  readonly dependencies: Dependencies;
  /** Hash of the view: pages with equal revisions are equal, byte for byte. */
  readonly revision: string;
  /**
   * What is known of it so far, for the page of the next site. Undefined until somebody asks. Not a
   * matter of its class: Next bundles this module several times, and the previous site may come from
   * another copy.
   */
  readonly memo?: Memo;
}

/** The revision of the page with this view. */
export const revisionOf = (view: View): string => hash(JSON.stringify(view));

/** What is known of a page, and the posts and texts that it was computed from. */
export interface Memo {
  inputs: unknown[];
  view?: View;
  dependencies?: Dependencies;
  revision?: string;
}

/** How a page is computed. */
export interface Recipe {
  kind: View['kind'];
  /** All that the view depends on: the page is the same while these are, compared by identity. */
  inputs: () => unknown[];
  /** Makes the view of the page at `url`, its canonical address. */
  view: (url: string) => View;
}

/** A class, since a site has one for each of its pages and most are never asked: closures cost more. */
export class LazyPage implements Page {
  memo?: Memo;

  constructor(
    private readonly url: string,
    private readonly recipe: Recipe,
    private previous: Memo | undefined,
  ) {}

  get kind(): View['kind'] {
    return this.recipe.kind;
  }

  get view(): View {
    return (this.known().view ??= this.make());
  }

  get dependencies(): Dependencies {
    return (this.known().dependencies ??= dependenciesOf(this.url, this.view));
  }

  get revision(): string {
    const known = this.known();
    // Not by way of `view`: kept views of all pages would fill the memory.
    return (known.revision ??= revisionOf(known.view ?? this.make()));
  }

  private make(): View {
    return this.recipe.view(this.url);
  }

  private known(): Memo {
    if (!this.memo) {
      const inputs = [this.url, ...this.recipe.inputs()];
      const before = this.previous?.inputs;
      const same =
        before?.length === inputs.length && inputs.every((input, index) => input === before[index]);
      this.memo = same && this.previous ? this.previous : { inputs };
      this.previous = undefined;
    }
    return this.memo;
  }
}
