import { z } from './wire.ts';

const section = z.object({
  total: z.int(),
  pending: z.int(),
  ok: z.int(),
  notok: z.int(),
  inconsistencies: z.array(z.string()).nullable(),
});

export const databaseCheck = z
  .object({
    clusters: section,
    volumes: section,
    bricks: section,
    nodes: section,
    devices: section,
    blockvolumes: section,
    dbattributes: section,
    pendingoperations: section,
    totalinconsistencies: z.int(),
  })
  .openapi('DatabaseCheck');

const entries = z.record(z.string(), z.record(z.string(), z.unknown()));

export const databaseDump = z
  .object({
    clusterentries: entries,
    volumeentries: entries,
    brickentries: entries,
    nodeentries: entries,
    deviceentries: entries,
    blockvolumeentries: entries,
    dbattributeentries: entries,
    pendingoperations: entries,
  })
  .openapi('DatabaseDump');
