import type { Command } from '../../lib/command.ts';
import type { Durability } from '../../lib/durability.ts';

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

    addBricks: (name: string, bricks: readonly string[]): Command =>
      change(
        `add ${bricks.length} bricks to the gluster volume ${name}`,
        'volume',
        'add-brick',
        name,
        ...bricks,
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

    startVolume: (name: string): Command =>
      change(`start the gluster volume ${name}`, 'volume', 'start', name),
    stopVolume: (name: string): Command =>
      change(`stop the gluster volume ${name}`, 'volume', 'stop', name, 'force'),
    deleteVolume: (name: string): Command =>
      change(`delete the gluster volume ${name}`, 'volume', 'delete', name),
    startRebalance: (name: string): Command =>
      change(`start the rebalance of the gluster volume ${name}`, 'volume', 'rebalance', name, 'start'),

    /** Fails with error number 30806 when there is no such volume: expected, so that absence is an answer. */
    volumeInfo: (name: string): Command => ({
      label: `look at the gluster volume ${name}`,
      argv: gluster('volume', 'info', name),
    }),
    allVolumes: (): Command => ask('list the gluster volumes', 'volume', 'info'),
    listSnapshots: (name: string): Command => ask(`list the snapshots of ${name}`, 'snapshot', 'list', name),
    setSnapshotLimit: (limit: number): Command =>
      change('set the limit of snapshots', 'snapshot', 'config', 'snap-max-hard-limit', String(limit)),
  };
}
