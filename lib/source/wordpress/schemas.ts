/** Schemas that many fields of WordPress share. */
import { z } from 'zod';
import { textOf } from './html-text';

/** What is empty, or has another form, counts as not told. */
export const maybe = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined);

/** A text in HTML, as plain text; never empty. */
export const plainText = z
  .string()
  .transform((html) => textOf(html))
  .pipe(z.string().min(1));

/** An address in whole. */
export const webAddress = z.url({ protocol: /^https?$/ });
