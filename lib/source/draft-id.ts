/** Names a draft: a post of a source as its editor sees it. */
import { z } from 'zod';

/** Which post a preview shows. Browsers bring it back in a cookie that Next seals. */
export const DraftId = z.object({ id: z.number().int().positive(), page: z.boolean() });
export type DraftId = z.infer<typeof DraftId>;
