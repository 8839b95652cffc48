import type { Answer } from '../../world/answer.ts';
import { enterBricks, setSize } from '../../world/gluster.ts';
import type { GlusterVolume, VolumeShape } from '../../world/state.ts';
import { element, nest, refusal, usage, xml } from './answers.ts';
import { parseLayout } from './layout.ts';
import type { Request } from './request.ts';
import { stageBricks } from './staging.ts';

const form =
  'volume create <NEW-VOLNAME> [[replica <COUNT> [arbiter <COUNT>]]|[replica 2 thin-arbiter 1]] [disperse [<COUNT>]] [disperse-data <COUNT>] [redundancy <COUNT>] [transport <tcp|rdma|tcp,rdma>] <NEW-BRICK> <TA-BRICK>... [force]';

/** `gluster volume create NAME [replica …] HOST:PATH… [force]`. */
export function createVolume(request: Request): Answer {
  const [name = '', ...rest] = request.words;
  const complaint = nameFault(name);
  if (complaint !== undefined) return usage(form, ...complaint);
  const layout = parseLayout(rest);
  if (typeof layout === 'string') return usage(form, layout);
  if (layout.bricks.length === 0) return usage(form);
  const { call, pool } = request;
  if (pool.volumes.has(name)) return refusal(`Volume ${name} already exists`, 0);
  const uuid = call.world.uuid();
  const bricks = stageBricks(request, {
    volumeUuid: uuid,
    shape: layout.shape,
    bricks: layout.bricks,
    stranger: (host) => `Host ${host} is not in 'Peer in Cluster' state`,
    peerFailure: (peer, words) => `Staging failed on ${peer}. Error: ${words}`,
  });
  if (typeof bricks === 'string') return refusal(bricks);
  // Only now does glusterd notice that the bricks make no whole sets.
  if (bricks.length % setSize(layout.shape) !== 0) return refusal('Failed to create volume files');
  const volume: GlusterVolume = {
    name,
    uuid,
    shape: layout.shape,
    status: 'created',
    bricks,
    options: firstOptions(layout.shape),
    isRebalancing: false,
    snapshots: 0,
  };
  pool.volumes.set(name, volume);
  enterBricks(call.world, volume, bricks);
  return xml({ body: volumeBrief('volCreate', volume) });
}

/** `<volCreate>`, `<volStart>` and the like: which volume it was. */
export const volumeBrief = (tag: string, { name, uuid }: GlusterVolume): string[] =>
  nest(tag, nest('volume', [element('name', name), element('id', uuid)]));

function nameFault(name: string): string[] | undefined {
  if (name === '' || name.includes('/')) return [];
  if (name === 'all') return ['"all" cannot be the name of a volume.'];
  const wrong = /[^\w-]/.exec(name)?.[0];
  if (wrong === undefined) return undefined;
  return [
    `Volume name should not contain "${wrong}" character.`,
    "Volume names can onlycontain alphanumeric, '-' and '_' characters.",
  ];
}

/** Options that glusterd sets by itself. */
function firstOptions({ replica }: VolumeShape): Map<string, string> {
  const isReplicated = replica > 1;
  return new Map([
    ...(isReplicated ? ([['performance.client-io-threads', 'off']] as const) : []),
    ['nfs.disable', 'on'],
    ['transport.address-family', 'inet'],
    ['storage.fips-mode-rchecksum', 'on'],
    ...(isReplicated ? ([['cluster.granular-entry-heal', 'on']] as const) : []),
  ]);
}
