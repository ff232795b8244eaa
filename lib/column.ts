/** The column of text, as the stylesheet has it, in what is told of pictures in it. */

/** In pixels. */
const COLUMN = 640;

/** How wide a picture of the column's width is shown. */
export const COLUMN_SIZES = '(min-width: 42.5rem) 40rem, calc(100vw - 2.5rem)';

/** How wide a picture is shown that is never shown wider than it is. */
export const sizesOf = (width: number | undefined): string =>
  width !== undefined && width < COLUMN
    ? `(min-width: ${width + 40}px) ${width}px, calc(100vw - 2.5rem)`
    : COLUMN_SIZES;
