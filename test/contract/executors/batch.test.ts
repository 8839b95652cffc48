import { describeBatches } from './batch.ts';
import { transports } from './transports.ts';

for (const transport of transports) describeBatches(transport);
