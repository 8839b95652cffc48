import type { z } from 'zod';
import type { EntryState } from '../../db/schema.ts';
import type { TagChange } from '../../topology/tags.ts';
import type { stateChange, tagsChange } from '../schema/nodes.ts';

/** The schema lets only the three states through. */
export const toStateChange = ({ state }: z.infer<typeof stateChange>): EntryState => state as EntryState;

/** The schema lets only the three kinds through. */
export const toTagChange = ({ change_type: type, tags }: z.infer<typeof tagsChange>): TagChange => ({
  type: type as TagChange['type'],
  tags: tags ?? {},
});
