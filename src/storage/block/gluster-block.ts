import type { Command, CommandResult } from '../../lib/command.ts';
import type { BlockAct, BlockExporter, BlockPlace } from './exporter.ts';
import { isMissing, readCreated, readDone, readNames, readState, tellSize } from './gluster-block-answers.ts';
import { judgeBlockHost } from './gluster-block-host.ts';

export interface GlusterBlockSettings {
  /** Whether the whole file is allocated at once (`full`) or as it is written (`no`). */
  readonly prealloc: 'full' | 'no';
}

/** `command` is part of the shell and no program; the script is constant, the name is its argument. */
const lookForProgram = ['bash', '-c', 'command -v "$@"', 'bash', 'gluster-block'];

/** Its failures are told in JSON with all kinds of exit codes, so none of them is the transport's business. */
const call = (label: string, ...words: string[]): Command => ({
  label,
  argv: ['gluster-block', ...words, '--json'],
  optional: true,
});

const pathOf = ({ hostingVolume, name }: BlockPlace): string => `${hostingVolume}/${name}`;

const act = <Answer>(
  command: Command,
  read: (result: CommandResult | undefined) => Answer,
): BlockAct<Answer> => ({
  commands: [command],
  read: ([result]) => read(result),
});

/** gluster-block's commands (engine reference 3.7). Those that change something are not stopped half-way. */
export function createGlusterBlock({ prealloc }: GlusterBlockSettings): BlockExporter {
  return {
    check: () => ({
      commands: [
        { label: 'look for gluster-block', argv: lookForProgram, optional: true },
        {
          label: 'ask systemd whether gluster-blockd runs',
          argv: ['systemctl', 'is-active', 'gluster-blockd'],
          optional: true,
        },
      ],
      read: judgeBlockHost,
    }),

    create(order) {
      const path = pathOf(order);
      const command = call(
        `create the block volume ${path}`,
        'create',
        path,
        'ha',
        String(order.hosts.length),
        'auth',
        order.auth ? 'enable' : 'disable',
        'prealloc',
        prealloc,
        order.hosts.join(','),
        `${order.sizeGib}GiB`,
      );
      return act({ ...command, unstoppable: true, hasSecrets: true }, readCreated);
    },

    look: (place) =>
      act(
        { ...call(`look at the block volume ${pathOf(place)}`, 'info', pathOf(place)), hasSecrets: true },
        (result) => readState(place, result),
      ),

    resize(place, sizeGib) {
      const path = pathOf(place);
      const command = call(`grow the block volume ${path}`, 'modify', path, 'size', `${sizeGib}GiB`);
      return act({ ...command, unstoppable: true }, (result) => readDone('gluster-block modify', result));
    },

    remove(place) {
      const path = pathOf(place);
      const command = call(`delete the block volume ${path}`, 'delete', path);
      return act({ ...command, unstoppable: true }, (result) => {
        if (!isMissing(place, result)) readDone('gluster-block delete', result);
      });
    },

    list: (hostingVolume) =>
      act(call(`list the block volumes in ${hostingVolume}`, 'list', hostingVolume), (result) =>
        readNames(hostingVolume, result),
      ),

    holdsSize: (told, sizeGib) => told === tellSize(sizeGib),
  };
}
