import { healCheck, z } from './wire.ts';

export const brickEvict = z.object({ healcheck: healCheck.optional() }).openapi('BrickEvict');
