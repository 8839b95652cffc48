import { Readable } from 'node:stream';
import { checkDatabase } from '../../heketi/check-database.ts';
import { dumpText } from '../../heketi/to-dump.ts';
import type { ApiTools } from '../api-tools.ts';
import { json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { databaseCheck, databaseDump } from '../schema/db.ts';
import { inventoryOf } from './inventory-of.ts';

const tag = 'Database';

export const databaseRoutes = ({ backups }: ApiTools): Route[] => [
  route({
    method: 'GET',
    path: '/db/dump',
    tag,
    summary: 'Show everything on record as Heketi does',
    description: 'What `heketi db import` reads, and `mortar import heketi`.',
    answers: { 200: { description: 'The dump', schema: databaseDump } },
    handle: async () => ({
      type: 'stream',
      stream: Readable.from(dumpText(await inventoryOf(backups)), { objectMode: false }),
      contentType: 'application/json; charset=UTF-8',
    }),
  }),
  route({
    method: 'GET',
    path: '/db/check',
    tag,
    summary: 'Tell whether what is on record agrees with itself',
    description: 'Both ends of every link, and all sums. Against the nodes it is compared by `/doctor`.',
    answers: { 200: { description: 'What was found of each kind of object', schema: databaseCheck } },
    handle: async () => json(checkDatabase(await inventoryOf(backups))),
  }),
];
