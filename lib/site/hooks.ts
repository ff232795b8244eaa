/** What an owner takes from elsewhere: analytics, comments, a newsletter; and what the policy opens for it. */

/** A script of another site, and what it may use. */
export interface ScriptHook {
  /** Its address. */
  script: string;
  /** As its maker says, such as `data-domain`. */
  attributes?: Record<string, string>;
  /** Where it sends to, and whose frames and stylesheets it adds: origins, beside its own. */
  connect?: string[];
  frames?: string[];
  styles?: string[];
}

/** A form below posts that another site takes. */
export interface NewsletterHook {
  action: string;
  /** What the address of the reader is called there; by default `email`. */
  field?: string;
}

/** Each is absent where it is not used. */
export interface Hooks {
  analytics?: ScriptHook;
  comments?: ScriptHook;
  newsletter?: NewsletterHook;
}

/** Origins by the directives of the policy that have to allow them. */
export function originsOf({ analytics, comments, newsletter }: Hooks = {}) {
  const scripts = [analytics, comments].filter((hook) => hook !== undefined);
  const origins = (addresses: string[]) => [
    ...new Set(addresses.map((one) => new URL(one).origin)),
  ];
  return {
    script: origins(scripts.map(({ script }) => script)),
    connect: origins(scripts.flatMap(({ connect = [] }) => connect)),
    frame: origins(scripts.flatMap(({ frames = [] }) => frames)),
    style: origins(scripts.flatMap(({ styles = [] }) => styles)),
    form: origins(newsletter ? [newsletter.action] : []),
  };
}
