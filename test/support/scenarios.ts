import { expect } from 'vitest';
import { findDifferences } from './checker.ts';
import { hurriedClock } from './engine-bench.ts';
import { replica3, type TestManager } from './manager.ts';
import { simulatedFacts } from './simulated-facts.ts';

/** Without the looks that a manager takes by itself: what is counted here are the batches of the operation. */
export const quietly = {
  env: { MORTAR_DOCTOR_ENABLED: 'false', MORTAR_BACKUP_INTERVAL_HOURS: '0' },
  overrides: { clock: hurriedClock },
};

/** What does not agree between nodes and database, block volumes included. */
export const differences = async (manager: TestManager): Promise<string[]> => {
  const { app, simulation } = manager;
  const factsOf = (host: string) => simulatedFacts(simulation, host);
  return [
    ...(await findDifferences(app.database.read, { factsOf })),
    ...(await blockDifferences(manager)),
    ...(await contentDifferences(manager)),
  ];
};

const memo = 'memo';

/** Writes the same into all bricks of a volume, as its users would. */
export async function writeMemo(
  { app, simulation }: TestManager,
  volumeId: string,
  text: string,
): Promise<void> {
  for (const { nodeId, path } of await app.database.read.bricks.listByVolume(volumeId)) {
    const host = (await app.database.read.nodes.find(nodeId))?.manageNames[0] ?? '';
    simulation.act(host, ['install', '-D', '-m', '0644', '/dev/stdin', `${path}/${memo}`], text);
  }
}

/** @returns what `writeMemo` has written, of each brick. */
export async function readMemos({ app, simulation }: TestManager, volumeId: string): Promise<string[]> {
  const bricks = await app.database.read.bricks.listByVolume(volumeId);
  return Promise.all(
    bricks.map(async ({ nodeId, path }) => {
      const host = (await app.database.read.nodes.find(nodeId))?.manageNames[0] ?? '';
      return simulation.act(host, ['cat', `${path}/${memo}`]).stdout;
    }),
  );
}

/** Volumes of which one brick holds the present and another the past. */
async function contentDifferences(manager: TestManager): Promise<string[]> {
  const found: string[] = [];
  for (const { id, name } of await manager.app.database.read.volumes.listVisible()) {
    const memos = (await readMemos(manager, id)).filter((text) => text !== '');
    if (new Set(memos).size > 1) found.push(`the bricks of ${name} hold ${memos.join(', ')}`);
  }
  return found;
}

/** Block volumes on record and in gluster-block, each with its size, and the room that is taken for them. */
async function blockDifferences({ app, simulation }: TestManager): Promise<string[]> {
  const { volumes, blockVolumes } = app.database.read;
  const ask = (...words: string[]) =>
    JSON.parse(simulation.act('node1', ['gluster-block', ...words, '--json']).stdout);
  const found: string[] = [];
  for (const hosting of (await volumes.listVisible()).filter(({ block }) => block)) {
    const records = await blockVolumes.listByHost(hosting.id);
    const wanted = records.map(({ name, phase, sizeGib, takenGib, hosts }) =>
      [name, phase, `${sizeGib}.0 GiB`, takenGib - sizeGib, hosts.length].join(' '),
    );
    const there = (ask('list', hosting.name).blocks as string[]).map((name) => {
      const { SIZE: size, HA: ha } = ask('info', `${hosting.name}/${name}`);
      return [name, 'ready', size, 0, ha].join(' ');
    });
    if (wanted.sort().join() !== there.sort().join())
      found.push(`on record ${wanted.join()}, there ${there.join()}`);
  }
  return found;
}

/** One kind of operation, on three nodes with two devices each. */
export interface Scenario {
  readonly name: string;
  /** Brings everything to the moment before. @returns what `act` needs. */
  readonly prepare: (manager: TestManager) => Promise<string>;
  /** Of what others had left there some may stay, when it was to be taken away and that failed. */
  readonly mayStay?: RegExp;
  readonly act: (manager: TestManager, prepared: string) => Promise<{ readonly headers: Headers }>;
}

const volumeOf = async ({ wire }: TestManager, size = 4): Promise<string> => {
  const created = await wire.finish('/volumes', { body: replica3(size) });
  return created.json().id as string;
};

/** A volume with the snapshot "one", and with something else in it than that has. @returns its id. */
const snapshotScene = async (manager: TestManager): Promise<string> => {
  const body = replica3(4, { snapshot: { enable: true, factor: 1.5 } });
  const { id } = (await manager.wire.finish('/volumes', { body })).json();
  await writeMemo(manager, id, 'then');
  await manager.wire.finish(`/volumes/${id}/snapshots`, { body: { name: 'one' } });
  await writeMemo(manager, id, 'now');
  return id as string;
};

const brickOf =
  (body: object) =>
  async ({ wire }: TestManager): Promise<string> =>
    (await wire.finish('/volumes', { body })).json().bricks[0].id as string;

const hostingOf = async ({ wire }: TestManager): Promise<string> =>
  (await wire.finish('/volumes', { body: replica3(10, { block: true }) })).json().id as string;

const blockVolumeOf = async (manager: TestManager): Promise<string> => {
  await hostingOf(manager);
  return (await manager.wire.finish('/blockvolumes', { body: { size: 2 } })).json().id as string;
};

/** A disk with a device that was forgotten by force, and with a brick of it. */
async function leaveDevice(
  { app, wire, simulation }: TestManager,
  { id: node, host }: { readonly id: string; readonly host: string },
): Promise<void> {
  await wire.finish('/devices', { body: { node, name: '/dev/sdx' } });
  const { id = '' } = (await app.database.read.devices.findByName(node, '/dev/sdx')) ?? {};
  for (const state of ['offline', 'failed']) await wire.finish(`/devices/${id}/state`, { body: { state } });
  simulation.setReachable(host, false);
  await wire.finish(`/devices/${id}`, { method: 'DELETE', body: { forceforget: true } });
  simulation.setReachable(host, true);
  const brick = 'b'.repeat(32);
  const pool = ['--thin', `vg_${id}/tp_${brick}`, '--size', '4G', '--poolmetadatasize', '8M'];
  const thin = ['--virtualsize', '4G', '--name', `brick_${brick}`, '--addtag', `mortar.brick=${brick}`];
  const made = simulation.act(host, ['lvm', 'lvcreate', '-qq', '--poolmetadataspare', 'n', ...pool, ...thin]);
  expect(made.exitCode, made.stderr).toBe(0);
}

/** A volume that an administrator made by hand, with a file in each of its brick folders. @returns its id. */
async function theirs(manager: TestManager): Promise<string> {
  const { wire, simulation } = manager;
  await volumeOf(manager);
  const bricks = [1, 2, 3].map((index) => `192.0.2.${index}:/srv/theirs/brick`);
  const act = (...words: string[]) =>
    simulation.act('node1', ['gluster', 'volume', ...words, '--xml', '--mode=script']);
  for (const index of [1, 2, 3]) simulation.act(`node${index}`, ['mkdir', '-p', '/srv/theirs']);
  act('create', 'theirs', 'replica', '3', ...bricks, 'force');
  act('start', 'theirs');
  for (const index of [1, 2, 3])
    simulation.act(`node${index}`, ['tee', '/srv/theirs/brick/kept'], 'their words');
  return (await wire.send('/adopt')).json().volumes[0].id as string;
}

const managed =
  (folders: 'keep' | 'remove') =>
  async (manager: TestManager): Promise<string> => {
    const id = await theirs(manager);
    await manager.wire.finish(`/adopt/${id}/manage`, { body: { folders } });
    return id;
  };

/** Every kind of operation there is. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'creating a volume',
    prepare: async () => '',
    act: ({ wire }) =>
      wire.send('/volumes', {
        body: replica3(4, { gid: 2000, glustervolumeoptions: ['performance.cache-size 1MB'] }),
      }),
  },
  {
    name: 'growing a volume',
    prepare: volumeOf,
    act: ({ wire }, id) => wire.send(`/volumes/${id}/expand`, { body: { expand_size: 4 } }),
  },
  {
    name: 'growing a volume in place',
    prepare: volumeOf,
    act: ({ wire }, id) => wire.send(`/volumes/${id}/expand`, { body: { expand_size: 4, in_place: true } }),
  },
  {
    name: 'deleting a volume',
    prepare: volumeOf,
    act: ({ wire }, id) => wire.send(`/volumes/${id}`, { method: 'DELETE' }),
  },
  {
    name: 'creating a block volume',
    prepare: hostingOf,
    act: ({ wire }) =>
      wire.send('/blockvolumes', { body: { size: 2, name: 'disk', hacount: 2, auth: true } }),
  },
  {
    name: 'growing a block volume',
    prepare: blockVolumeOf,
    act: ({ wire }, id) => wire.send(`/blockvolumes/${id}/expand`, { body: { new_size: 5 } }),
  },
  {
    name: 'deleting a block volume',
    prepare: blockVolumeOf,
    act: ({ wire }, id) => wire.send(`/blockvolumes/${id}`, { method: 'DELETE' }),
  },
  {
    name: 'taking a snapshot',
    prepare: snapshotScene,
    act: ({ wire }, id) => wire.send(`/volumes/${id}/snapshots`, { body: { name: 'two' } }),
  },
  {
    name: 'cloning a volume',
    prepare: volumeOf,
    act: ({ wire }, id) => wire.send(`/volumes/${id}/clone`, { body: { name: 'twin' } }),
  },
  {
    name: 'deleting a clone',
    prepare: async (manager) => {
      const source = await volumeOf(manager);
      return (await manager.wire.finish(`/volumes/${source}/clone`, { body: {} })).json().id as string;
    },
    act: ({ wire }, id) => wire.send(`/volumes/${id}`, { method: 'DELETE' }),
  },
  {
    name: 'deleting a snapshot',
    prepare: snapshotScene,
    act: ({ wire }, id) => wire.send(`/volumes/${id}/snapshots/one`, { method: 'DELETE' }),
  },
  {
    name: 'managing a volume of others',
    mayStay: /stray gluster volume theirs/,
    prepare: theirs,
    act: ({ wire }, id) => wire.send(`/adopt/${id}/manage`, { body: {} }),
  },
  {
    name: 'growing a volume of others',
    prepare: managed('keep'),
    act: ({ wire }, id) => wire.send(`/volumes/${id}/expand`, { body: { expand_size: 4 } }),
  },
  {
    name: 'giving a volume of others back',
    mayStay: /stray gluster volume theirs/,
    prepare: managed('keep'),
    act: ({ wire }, id) => wire.send(`/adopt/${id}/release`, { method: 'POST' }),
  },
  {
    name: 'deleting a volume of others with its folders',
    prepare: managed('remove'),
    act: ({ wire }, id) => wire.send(`/volumes/${id}`, { method: 'DELETE' }),
  },
  {
    name: 'restoring a snapshot',
    prepare: snapshotScene,
    act: ({ wire }, id) => wire.send(`/volumes/${id}/snapshots/one/restore`, { method: 'POST' }),
  },
  {
    name: 'restoring a snapshot of a clone',
    prepare: async (manager) => {
      const source = await volumeOf(manager);
      const clone = (await manager.wire.finish(`/volumes/${source}/clone`, { body: {} })).json();
      await writeMemo(manager, clone.id, 'then');
      await manager.wire.finish(`/volumes/${clone.id}/snapshots`, { body: { name: 'one', force: true } });
      await writeMemo(manager, clone.id, 'now');
      return clone.id as string;
    },
    act: ({ wire }, id) => wire.send(`/volumes/${id}/snapshots/one/restore`, { method: 'POST' }),
  },
  {
    name: 'adding a device',
    prepare: async ({ app }) => (await app.database.read.nodes.listAll())[0]?.id ?? '',
    act: ({ wire }, node) => wire.send('/devices', { body: { node, name: '/dev/sdx' } }),
  },
  {
    name: 'adding a forgotten device anew',
    mayStay: /stray physical volume/,
    prepare: async (manager) => {
      const node = (await manager.app.database.read.nodes.listAll())[0];
      await leaveDevice(manager, { id: node?.id ?? '', host: node?.manageNames[0] ?? '' });
      return node?.id ?? '';
    },
    act: ({ wire }, node) => wire.send('/devices', { body: { node, name: '/dev/sdx', destroydata: true } }),
  },
  {
    name: 'removing a device',
    prepare: async ({ app, wire }) => {
      const id = (await app.database.read.devices.listAll())[0]?.id ?? '';
      for (const state of ['offline', 'failed'])
        await wire.finish(`/devices/${id}/state`, { body: { state } });
      return id;
    },
    act: ({ wire }, id) => wire.send(`/devices/${id}`, { method: 'DELETE' }),
  },
  {
    name: 'adding a node',
    prepare: async ({ app }) => (await app.database.read.clusters.list())[0]?.id ?? '',
    act: ({ wire }, cluster) =>
      wire.send('/nodes', {
        body: { cluster, zone: 1, hostnames: { manage: ['node9'], storage: ['192.0.2.9'] } },
      }),
  },
  {
    name: 'moving a brick',
    prepare: brickOf(replica3(4)),
    act: ({ wire }, id) => wire.send(`/bricks/to-evict/${id}`, { method: 'POST' }),
  },
  {
    name: 'moving a brick without copies',
    prepare: brickOf({ size: 4 }),
    act: ({ wire }, id) => wire.send(`/bricks/to-evict/${id}`, { method: 'POST' }),
  },
  {
    name: 'emptying a device',
    prepare: async (manager) => {
      const brick = await brickOf(replica3(4))(manager);
      const device = (await manager.app.database.read.bricks.find(brick))?.deviceId ?? '';
      await manager.wire.finish(`/devices/${device}/state`, { body: { state: 'offline' } });
      return device;
    },
    act: ({ wire }, id) => wire.send(`/devices/${id}/state`, { body: { state: 'failed' } }),
  },
  {
    name: 'removing a node',
    prepare: async ({ app, wire }) => {
      const cluster = (await app.database.read.clusters.list())[0]?.id ?? '';
      const body = { cluster, zone: 1, hostnames: { manage: ['node9'], storage: ['192.0.2.9'] } };
      return (await wire.finish('/nodes', { body })).json().id as string;
    },
    act: ({ wire }, id) => wire.send(`/nodes/${id}`, { method: 'DELETE' }),
  },
];
