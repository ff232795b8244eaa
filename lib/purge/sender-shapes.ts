/**
 * Senders that cannot choose the names of their fields, and use ours for something else. A table of
 * what tells them apart. Pure.
 */
import { isFields, type Fields } from '../secret';

/** The fields in which a body names what to purge. */
export type NameField = 'path' | 'paths' | 'tag' | 'tags';

export const NAME_FIELDS: readonly NameField[] = ['path', 'paths', 'tag', 'tags'];

/** What a sender writes into a field of ours. */
export interface SenderShape {
  sender: string;
  fields: readonly NameField[];
  /** Tells it by the field's value, and by the rest of the body where the value alone is too little. */
  fits: (value: unknown, body: Fields) => boolean;
}

/** The objects in a value: itself, or those of a list that holds nothing else. */
function objectsIn(value: unknown): Fields[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const objects = list.filter(isFields);
  return objects.length === list.length ? objects : [];
}

/** True for one object or a list of objects, each of which has one of these members. */
const haveOneOf =
  (...members: string[]) =>
  (value: unknown): boolean => {
    const objects = objectsIn(value);
    return objects.length > 0 && objects.every((one) => members.some((name) => name in one));
  };

const isNumber = (value: unknown): boolean =>
  Number.isSafeInteger(value) || (typeof value === 'string' && /^\d+$/.test(value));

/** Members of each post in WordPress's REST API, besides its categories and tags. */
const OF_A_POST = [
  'id',
  'ID',
  'post_id',
  'slug',
  'type',
  'post_type',
  'status',
  'link',
  'categories',
];

const LOCALE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;

/** The table. The sender of each row, and where its form is described. */
export const SENDER_SHAPES: readonly SenderShape[] = [
  {
    // ghost.org/docs/webhooks: {"tag": {"current": {…}, "previous": {…}}}
    sender: 'Ghost',
    fields: ['tag'],
    fits: (value) => isFields(value) && (isFields(value.current) || isFields(value.previous)),
  },
  {
    // developer.wordpress.org/rest-api/reference/posts: {"id": 12, …, "tags": [5, 7]}, their numbers
    sender: 'WordPress',
    fields: ['tags'],
    fits: (value, body) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every(isNumber) &&
      OF_A_POST.some((name) => name in body),
  },
  {
    // sanity.io/docs/reference-type, …/slug-type: {"tags": [{"_ref": "t1"}], "path": {"current": "x"}}
    sender: 'Sanity',
    fields: ['path', 'paths', 'tag', 'tags'],
    fits: haveOneOf('_ref', '_type', '_id', 'current'),
  },
  {
    // drupal.org/docs, path module, entity references: {"path": {"alias": "/x"}}, a list of one in REST
    sender: 'Drupal',
    fields: ['path', 'tags'],
    fits: haveOneOf('alias', 'target_id'),
  },
  {
    // docs.strapi.io, relations: {"tags": [{"id": 1, "name": "x"}]}, {"tags": {"data": […]}}; Directus
    // and Payload write theirs in the same way
    sender: 'Strapi',
    fields: ['tag', 'tags'],
    fits: haveOneOf('id', 'documentId', 'data', 'connect', 'disconnect', 'set'),
  },
  {
    // contentful.com/developers/docs/webhooks: links are {"sys": {…}}
    sender: 'Contentful: links',
    fields: ['path', 'paths', 'tag', 'tags'],
    fits: haveOneOf('sys'),
  },
  {
    // The same: each field is an object of languages
    sender: 'Contentful: languages',
    fields: ['path', 'paths', 'tag', 'tags'],
    fits: (value, body) =>
      isFields(value) &&
      Object.keys(value).length > 0 &&
      Object.keys(value).every((name) => LOCALE.test(name)) &&
      (isFields(body.sys) || isFields(body.fields) || Object.keys(value).some(hasRegion)),
  },
  {
    // prismic.io/docs/webhooks: {"type": "api-update", "tags": {"addition": [{"id": "x"}]}}
    sender: 'Prismic',
    fields: ['tags'],
    fits: haveOneOf('addition', 'deletion', 'update'),
  },
  {
    // docs.gitlab.com, release events: {"object_kind": "release", "tag": "v1.1"}
    sender: 'GitLab',
    fields: ['tag'],
    fits: (_, body) => typeof body.object_kind === 'string',
  },
];

const hasRegion = (locale: string): boolean => locale.includes('-');

/** The fields of a body that mean something else to its sender than they would here. */
export function otherFields(body: Fields): ReadonlySet<NameField> {
  const isOther = (field: NameField): boolean => {
    const value = body[field];
    if (value === undefined || value === null) return false;
    return SENDER_SHAPES.some(({ fields, fits }) => fields.includes(field) && fits(value, body));
  };
  return new Set(NAME_FIELDS.filter(isOther));
}

/** The sender of a body, by its shape; undefined if it is nobody's that is known. */
export function senderOfShape(body: Fields): string | undefined {
  if (body.source === 'wordpress' && 'changes' in body) return 'Evergreen for WordPress';
  const fields = NAME_FIELDS.filter((field) => body[field] !== undefined && body[field] !== null);
  const shape = SENDER_SHAPES.find((one) =>
    fields.some((field) => one.fields.includes(field) && one.fits(body[field], body)),
  );
  return shape?.sender.replace(/:.*$/s, '');
}
