import { z } from 'zod';
import { strangeAnswer } from '../strange-answer.ts';
import { parseGlusterXml } from './xml.ts';

export interface BrickProcess {
  /** The storage host name gluster shows. */
  readonly host: string;
  readonly path: string;
  readonly isOnline: boolean;
}

/** What stands where a brick has its host; the path of such a service is the host it runs on. */
const services = [
  'Self-heal Daemon',
  'NFS Server',
  'Quota Daemon',
  'Bitrot Daemon',
  'Scrubber Daemon',
  'Snapshot Daemon',
];

const serviceSchema = z.object({ hostname: z.tuple([z.enum(services)]) });

const brickSchema = z.object({
  hostname: z.tuple([z.string().regex(/^[\w.:-]+$/)]),
  path: z.string().startsWith('/'),
  status: z.enum(['0', '1']),
});

const statusSchema = z.object({
  volStatus: z.object({
    volumes: z.object({
      volume: z.tuple([
        z.object({
          volName: z.string(),
          node: z.array(z.union([serviceSchema, brickSchema])).optional(),
        }),
      ]),
    }),
  }),
});

/**
 * Reads `gluster volume status NAME --xml`: the brick processes. Services beside them (self-heal) are left out; bricks on nodes that gluster does not see are not in its answer.
 *
 * @throws AppError `node.strange_answer`.
 */
export function parseVolumeStatus(output: string): BrickProcess[] {
  const parsed = statusSchema.safeParse(parseGlusterXml('gluster volume status', output).body);
  if (!parsed.success) throw strangeAnswer('gluster volume status', output, parsed.error);
  const [volume] = parsed.data.volStatus.volumes.volume;
  return (volume.node ?? [])
    .filter((node) => 'path' in node)
    .map(({ hostname: [host], path, status }) => ({ host, path, isOnline: status === '1' }));
}

const namesSchema = z.object({
  volList: z.object({ count: z.string().regex(/^\d+$/), volume: z.array(z.string().min(1)).optional() }),
});

/** Reads `gluster volume list --xml`. @throws AppError `node.strange_answer`. */
export function parseVolumeNames(output: string): string[] {
  const parsed = namesSchema.safeParse(parseGlusterXml('gluster volume list', output).body);
  if (!parsed.success) throw strangeAnswer('gluster volume list', output, parsed.error);
  const { count, volume: names = [] } = parsed.data.volList;
  if (names.length !== Number(count)) throw strangeAnswer('gluster volume list', output);
  return names;
}
