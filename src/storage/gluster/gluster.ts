import type { Command } from '../../lib/command.ts';
import type { Durability } from '../../lib/durability.ts';
import { noMark } from '../imprints.ts';
import { snapshotCommands } from './snapshot-commands.ts';

export interface GlusterSettings {
  readonly cliTimeoutSeconds: number;
}

export interface VolumeLayout {
  readonly name: string;
  readonly durability: Durability;
  /** `host:path` of every brick, set by set. */
  readonly bricks: readonly string[];
}

export type Gluster = ReturnType<typeof createGluster>;

/** Text that every answer of a command that worked holds; failures come with exit code 0 and another number. */
const success = '<opRet>0</opRet>';

/** Ten thousand volumes are told in some 30 MiB. */
const largestListing = 64 * 1024 * 1024;

function typeWords(durability: Durability): string[] {
  switch (durability.type) {
    case 'none':
      return [];
    case 'replicate':
      return ['replica', String(durability.replica), ...(durability.arbiter ? ['arbiter', '1'] : [])];
    case 'disperse':
      return ['disperse-data', String(durability.data), 'redundancy', String(durability.redundancy)];
  }
}

/**
 * gluster's commands (engine reference 3.1, 3.5, 3.6), always with XML answers: their error numbers tell "not there" from
 * "failed" (W18). Those that change something are not stopped half-way: ending the client would not end what glusterd does.
 */
export function createGluster({ cliTimeoutSeconds }: GlusterSettings) {
  const gluster = (...words: string[]): string[] => [
    'gluster',
    '--mode=script',
    `--timeout=${cliTimeoutSeconds}`,
    ...words,
    '--xml',
  ];
  const ask = (label: string, ...words: string[]): Command => ({
    label,
    argv: gluster(...words),
    expectStdout: success,
  });
  const change = (label: string, ...words: string[]): Command => ({
    ...ask(label, ...words),
    unstoppable: true,
  });

  return {
    probePeer: (host: string): Command => change(`probe the peer ${host}`, 'peer', 'probe', host),
    detachPeer: (host: string, ...force: 'force'[]): Command =>
      change(`detach the peer ${host}`, 'peer', 'detach', host, ...force),
    /** Peers with the node itself. */
    listPool: (): Command => ask('list the gluster peers', 'pool', 'list'),

    createVolume: ({ name, durability, bricks }: VolumeLayout): Command =>
      change(
        `create the gluster volume ${name}`,
        'volume',
        'create',
        name,
        ...typeWords(durability),
        ...bricks,
      ),

    addBricks: (name: string, bricks: readonly string[], ...force: 'force'[]): Command =>
      change(
        `add ${bricks.length} bricks to the gluster volume ${name}`,
        'volume',
        'add-brick',
        name,
        ...bricks,
        ...force,
      ),

    /** Sets several options in one transaction of glusterd. */
    setOptions: (name: string, options: readonly (readonly [key: string, value: string])[]): Command =>
      change(
        `set ${options.length} options of the gluster volume ${name}`,
        'volume',
        'set',
        name,
        ...options.flat(),
      ),

    /** `force` also starts the brick processes that a started volume lacks. */
    startVolume: (name: string, ...force: 'force'[]): Command =>
      change(`start the gluster volume ${name}`, 'volume', 'start', name, ...force),
    stopVolume: (name: string): Command =>
      change(`stop the gluster volume ${name}`, 'volume', 'stop', name, 'force'),
    /** Refused while files are being moved among its bricks. */
    stopIdleVolume: (name: string): Command =>
      change(`stop the gluster volume ${name}`, 'volume', 'stop', name),
    deleteVolume: (name: string): Command =>
      change(`delete the gluster volume ${name}`, 'volume', 'delete', name),
    startRebalance: (name: string): Command =>
      change(`start the rebalance of the gluster volume ${name}`, 'volume', 'rebalance', name, 'start'),

    /** Puts a new, empty brick in the place of another, which gluster lets go of at once. Not for distributed volumes. */
    replaceBrick: (name: string, old: string, replacement: string): Command =>
      change(
        `put ${replacement} in the place of ${old} in the gluster volume ${name}`,
        'volume',
        'replace-brick',
        name,
        old,
        replacement,
        'commit',
        'force',
      ),
    /**
     * Takes a brick out of a distributed volume: `start` moves its files to the others, `commit` lets go of it when that
     * is done (`stop`: not any more), `force` lets go of it with all that is on it.
     */
    removeBrick: (name: string, brick: string, act: 'start' | 'stop' | 'commit' | 'force'): Command =>
      change(
        `${act} to take ${brick} out of the gluster volume ${name}`,
        'volume',
        'remove-brick',
        name,
        brick,
        act,
      ),
    /** Fails with words when no removal has begun: expected, so that absence is an answer. */
    removeBrickStatus: (name: string, brick: string): Command => ({
      label: `look how far ${brick} is moved away`,
      argv: gluster('volume', 'remove-brick', name, brick, 'status'),
    }),
    /** Lets the self-heal daemons begin now with what is pending, instead of in some minutes. */
    healPending: (name: string): Command => ({
      label: `let ${name} be healed`,
      argv: gluster('volume', 'heal', name),
      optional: true,
    }),
    /** What each brick of a replicated or dispersed volume knows that others lack. */
    healInfo: (name: string): Command =>
      ask(`look at what is to be healed in ${name}`, 'volume', 'heal', name, 'info'),

    /** Fails with error number 30806 when there is no such volume: expected, so that absence is an answer. */
    volumeInfo: (name: string): Command => ({
      label: `look at the gluster volume ${name}`,
      argv: gluster('volume', 'info', name),
    }),
    allVolumes: (): Command => ({
      ...ask('list the gluster volumes', 'volume', 'info'),
      maxOutputBytes: largestListing,
    }),
    /** Names alone. */
    volumeNames: (): Command => ask('list the names of the gluster volumes', 'volume', 'list'),
    /** Brick processes of a started volume. Takes the volume's lock for a moment. */
    volumeStatus: (name: string): Command =>
      ask(`ask for the brick processes of ${name}`, 'volume', 'status', name),
    /** Takes marks of Mortar's off. */
    takeOff: (name: string, keys: readonly string[]): Command =>
      change(
        `take ${keys.length} marks off the gluster volume ${name}`,
        'volume',
        'set',
        name,
        ...keys.flatMap((key) => [key, noMark]),
      ),
    ...snapshotCommands(gluster, ask, change),
  };
}
