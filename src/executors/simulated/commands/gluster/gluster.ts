import { type Answer, done, failed } from '../../world/answer.ts';
import { type Call, NotSimulated } from '../program.ts';
import { detachPeer, listPool, probePeer } from './peers.ts';
import type { GlusterCommand } from './request.ts';
import { createSnapshot, deleteSnapshot } from './snapshot-changes.ts';
import { activateSnapshot, cloneSnapshot } from './snapshot-clone.ts';
import { configureSnapshots, listSnapshots, snapshotInfo } from './snapshots.ts';
import { createVolume } from './volume-create.ts';
import { deleteVolume, stopVolume } from './volume-end.ts';
import { addBrick, rebalance } from './volume-grow.ts';
import { healInfo } from './volume-heal.ts';
import { volumeInfo, volumeList } from './volume-info.ts';
import { replaceBrick } from './volume-replace.ts';
import { resetOption, setOptions } from './volume-set.ts';
import { removeBrick } from './volume-shrink.ts';
import { startVolume } from './volume-start.ts';
import { volumeStatus } from './volume-status.ts';
import { splitCommand } from './words.ts';

/** gluster's commands by their first two words. */
const commands: Readonly<Record<string, GlusterCommand>> = {
  'peer probe': probePeer,
  'peer detach': detachPeer,
  'pool list': listPool,
  'volume create': createVolume,
  'volume add-brick': addBrick,
  'volume set': setOptions,
  'volume reset': resetOption,
  'volume status': volumeStatus,
  'volume replace-brick': replaceBrick,
  'volume remove-brick': removeBrick,
  'volume heal': healInfo,
  'volume start': startVolume,
  'volume stop': stopVolume,
  'volume delete': deleteVolume,
  'volume info': volumeInfo,
  'volume list': volumeList,
  'volume rebalance': rebalance,
  'snapshot activate': activateSnapshot,
  'snapshot clone': cloneSnapshot,
  'snapshot create': createSnapshot,
  'snapshot delete': deleteSnapshot,
  'snapshot info': snapshotInfo,
  'snapshot list': listSnapshots,
  'snapshot config': configureSnapshots,
};

const version = `glusterfs 10.3
Repository revision: git://git.gluster.org/glusterfs.git
Copyright (c) 2006-2016 Red Hat, Inc. <https://www.gluster.org/>
GlusterFS comes with ABSOLUTELY NO WARRANTY.
`;

/** `gluster … --xml`, and `gluster --version`. */
export function gluster(call: Call): Answer {
  if (call.args[0] === '--version') return done(version);
  const { name, words, options } = splitCommand(call.args);
  const unknown = options.find((option) => !/^--(?:xml|mode=script|timeout=\d+)$/.test(option));
  if (unknown !== undefined) return failed(255, `unrecognized option ${unknown}`);
  const command = commands[name];
  if (command === undefined) throw new NotSimulated(`gluster ${name}`);
  if (!options.includes('--xml')) throw new NotSimulated('gluster without --xml');
  const { node, world } = call;
  if (!node.gluster.isRunning) {
    return {
      exitCode: 1,
      stdout: 'Connection failed. Please check if gluster daemon is operational.\n',
      stderr: '',
    };
  }
  const isForced = words.at(-1) === 'force';
  return command({
    call,
    node,
    pool: world.poolOf(node),
    words: isForced ? words.slice(0, -1) : words,
    isForced,
  });
}
