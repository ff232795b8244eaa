/** One page of the site, whose view, dependencies and revision are computed when they are asked for. */
import { hash } from '../hash';
import { dependenciesOf, type Dependencies } from './dependencies';
import type { Frame } from './facts';
import type { Section } from './languages';
import { isSame, type Input } from './same';
import type { View } from './views';

/** One path of the site. What it shows is computed when it is asked for. */
export interface Page {
  /** The kind of its view, known without it. */
  readonly kind: View['kind'];
  /** Made whenever it is asked for: kept views of all pages would fill the memory. */
  readonly view: View;
  /** Its canonical address. */
  readonly url: string;
  readonly dependencies: Dependencies;
  /** Hash of the view: pages with equal revisions are equal, byte for byte. */
  readonly revision: string;
  /** True if these would make the same page at its path. */
  isMadeOf(place: Place, recipe: unknown, inputs: readonly Input[]): boolean;
}

/** What all pages of a site are made with. */
export interface Place {
  /** Scheme, host and port. */
  origin: string;
  /** What every page but a redirect shows of the site. */
  frame?: Frame;
  /** The further language of the pages. */
  section?: Section;
}

/** The revision of the page with this view. */
export const revisionOf = (view: View): string => hash(JSON.stringify(view));

/**
 * How pages of one kind show their inputs. It belongs at the top of a module, where `view` sees nothing
 * else that two sites of one process may differ in. One that is made for a single site equals no other, so
 * that its pages are always computed: slower, and as true.
 */
export interface Recipe<Inputs extends readonly Input[]> {
  kind: View['kind'];
  /** Makes the view of the page at `url`, its canonical address. Pure. */
  view: (url: string, ...inputs: Inputs) => View;
}

/** A page made of its inputs. A class: a site has one for each path, and closures cost more. */
export class LazyPage<Inputs extends readonly Input[]> implements Page {
  private knownDependencies?: Dependencies;
  private knownRevision?: string;

  constructor(
    private readonly place: Place,
    private readonly path: string,
    private readonly recipe: Recipe<Inputs>,
    private readonly inputs: Inputs,
  ) {}

  get kind(): View['kind'] {
    return this.recipe.kind;
  }

  get view(): View {
    const view = this.recipe.view(this.url, ...this.inputs);
    const { frame, section } = this.place;
    return (frame || section !== undefined) && view.kind !== 'redirect'
      ? { ...view, site: frame, section }
      : view;
  }

  get dependencies(): Dependencies {
    return (this.knownDependencies ??= dependenciesOf(this.url, this.view));
  }

  get revision(): string {
    return (this.knownRevision ??= revisionOf(this.view));
  }

  isMadeOf({ origin, frame, section }: Place, recipe: unknown, inputs: readonly Input[]): boolean {
    return (
      recipe === this.recipe &&
      origin === this.place.origin &&
      section === this.place.section &&
      (frame === this.place.frame || this.kind === 'redirect') &&
      isSame(inputs, this.inputs)
    );
  }

  get url(): string {
    return this.place.origin + this.path;
  }
}
