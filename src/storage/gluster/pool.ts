import { z } from 'zod';
import { strangeAnswer } from '../strange-answer.ts';
import { parseGlusterXml } from './xml.ts';

export interface GlusterPeer {
  readonly uuid: string;
  /** All names gluster knows the peer by; `localhost` for the node itself. */
  readonly names: readonly string[];
  readonly isConnected: boolean;
  /** It takes part in the cluster: bricks may be put on it. The node itself always does. */
  readonly isMember: boolean;
}

/** glusterd's number for "Peer in Cluster". */
const inCluster = '3';

const peerSchema = z.object({
  uuid: z.string().min(1),
  hostname: z.union([z.string(), z.array(z.string())]),
  hostnames: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.object({ hostname: z.union([z.string(), z.array(z.string())]) }).optional(),
  ),
  connected: z.enum(['0', '1']),
  state: z.string().optional(),
});

const poolSchema = z.object({
  peerStatus: z.preprocess(
    (value) => (value === '' ? {} : value),
    z.object({ peer: z.array(peerSchema).optional() }),
  ),
});

/** Reads `gluster pool list --xml`. @throws AppError `node.strange_answer`. */
export function parsePool(output: string): GlusterPeer[] {
  const parsed = poolSchema.safeParse(parseGlusterXml('gluster pool list', output).body);
  if (!parsed.success) throw strangeAnswer('gluster pool list', output, parsed.error);
  return (parsed.data.peerStatus.peer ?? []).map((peer) => ({
    uuid: peer.uuid,
    names: [...new Set([peer.hostname, peer.hostnames?.hostname ?? []].flat())],
    isConnected: peer.connected === '1',
    isMember: peer.state === undefined || peer.state === inCluster,
  }));
}
