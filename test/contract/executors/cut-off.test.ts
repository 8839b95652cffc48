import { describeCutOffs } from './cut-off.ts';
import { transports } from './transports.ts';

for (const transport of transports) describeCutOffs(transport);
