/** `gluster-block … --json`: block volumes as files in gluster volumes, exported by the daemons on their hosts. */
import { type Answer, failed } from '../../world/answer.ts';
import type { GlusterVolume, SimulatedBlock } from '../../world/state.ts';
import { type Call, NotSimulated } from '../program.ts';
import { failure, json, success, tell } from './answers.ts';
import { split } from './hosts.ts';

interface BlockCall extends Call {
  readonly volume: GlusterVolume;
  readonly blockName: string;
  /** The words after the path. */
  readonly words: readonly string[];
}

type BlockCommand = (call: BlockCall) => Answer;

const noEntry = 2;
const exists = 17;
const invalid = 22;
const daemonRefused = 255;

const commands: Readonly<Record<string, BlockCommand>> = {
  create: createBlock,
  info: onBlock(showBlock),
  modify: onBlock(growBlock),
  delete: onBlock(deleteBlock),
  list: ({ volume }) => success({ blocks: [...(volume.blocks?.keys() ?? [])] }),
};

export function glusterBlock(call: Call): Answer {
  const [verb = '', path = '', ...words] = call.args.filter((arg) => arg !== '--json');
  const command = commands[verb];
  if (command === undefined || !call.args.includes('--json'))
    throw new NotSimulated(`gluster-block ${call.args.join(' ')}`);
  if (call.node.isBlockDaemonStopped === true || !call.node.gluster.isRunning) {
    return failed(1, 'Connection failed. Please check if gluster-block daemon is operational.');
  }
  const [volumeName = '', blockName = ''] = path.split('/');
  const volume = call.world.poolOf(call.node).volumes.get(volumeName);
  if (volume === undefined) return failure(noEntry, `Volume ${volumeName} does not exist`);
  if (volume.status !== 'started') return failure(daemonRefused, `Volume ${volumeName} is not started`);
  return command({ ...call, volume, blockName, words });
}

function onBlock(act: (call: BlockCall, block: SimulatedBlock) => Answer): BlockCommand {
  return (call) => {
    const block = call.volume.blocks?.get(call.blockName);
    if (block !== undefined) return act(call, block);
    return failure(noEntry, `block ${call.volume.name}/${call.blockName} doesn't exist`);
  };
}

interface CreateWords {
  readonly ha: number;
  readonly isProtected: boolean;
  readonly hosts: readonly string[];
  readonly sizeGib: number;
}

/** `ha N auth WORD prealloc WORD HOSTS SIZE`; undefined for anything else. */
function readCreate(words: readonly string[]): CreateWords | undefined {
  const form = /^ha (\d+) auth (enable|disable) prealloc (?:full|no) ([^ ]+) ([1-9]\d*)GiB$/.exec(
    words.join(' '),
  );
  if (form === null) return undefined;
  const [, ha, auth, hosts = '', size] = form;
  return { ha: Number(ha), isProtected: auth === 'enable', hosts: hosts.split(','), sizeGib: Number(size) };
}

function createBlock(call: BlockCall): Answer {
  const { volume, blockName, words, world } = call;
  const wanted = readCreate(words);
  if (wanted === undefined) return failed(invalid, `gluster-block: unknown arguments: ${words.join(' ')}`);
  const { ha, isProtected, hosts, sizeGib } = wanted;
  if (ha !== hosts.length)
    return failure(invalid, `number of servers given (${hosts.length}) and ha count (${ha}) do not match`);
  if (volume.blocks?.has(blockName) === true)
    return failure(exists, `BLOCK with name: '${blockName}' already EXIST`);
  const { absent } = split(call, hosts);
  if (absent.length > 0)
    return failure(daemonRefused, `failed to configure on ${absent.join(' ')}: host not reachable`);
  const gbid = world.uuid();
  const password = isProtected ? world.uuid() : '';
  volume.blocks = volume.blocks ?? new Map();
  volume.blocks.set(blockName, { gbid, hosts, password, sizeGib, lagging: new Map() });
  return success({
    IQN: `iqn.2016-12.org.gluster-block:${gbid}`,
    ...(isProtected ? { USERNAME: gbid, PASSWORD: password } : {}),
    'PORTAL(S)': hosts.map((host) => `${host}:3260`),
  });
}

function showBlock({ volume, blockName }: BlockCall, block: SimulatedBlock): Answer {
  return json({
    NAME: blockName,
    VOLUME: volume.name,
    GBID: block.gbid,
    SIZE: tell(block.sizeGib),
    HA: block.hosts.length,
    PASSWORD: block.password,
    'EXPORTED ON': block.hosts,
    ...(block.lagging.size === 0
      ? {}
      : {
          'RESIZE FAILED ON': Object.fromEntries([...block.lagging].map(([host, gib]) => [host, tell(gib)])),
        }),
  });
}

/** The file grows at once; each host that can be reached follows. */
function growBlock(call: BlockCall, block: SimulatedBlock): Answer {
  const { volume, blockName, words, world } = call;
  const sizeGib = Number(/^(\d+)GiB$/.exec(words[1] ?? '')?.[1] ?? 0);
  if (words[0] !== 'size' || sizeGib < 1)
    return failed(invalid, `gluster-block: unknown arguments: ${words.join(' ')}`);
  if (sizeGib < block.sizeGib) {
    return failure(
      daemonRefused,
      `Shrink size ?\nUse 'force' option [current size ${tell(block.sizeGib)}, request size ${tell(sizeGib)}]`,
    );
  }
  const { present, absent } = split(call, block.hosts);
  world.touch();
  for (const host of absent) block.lagging.set(host, block.lagging.get(host) ?? block.sizeGib);
  for (const host of present) block.lagging.delete(host);
  block.sizeGib = sizeGib;
  const told = {
    IQN: `iqn.2016-12.org.gluster-block:${block.gbid}`,
    SIZE: tell(sizeGib),
    'SUCCESSFUL ON': present,
    ...(absent.length === 0 ? {} : { 'FAILED ON': absent }),
  };
  if (absent.length === 0) return success(told);
  return failure(
    daemonRefused,
    `failed to resize ${volume.name}/${blockName} on ${absent.join(' ')}: host not reachable`,
    told,
  );
}

function deleteBlock(call: BlockCall, block: SimulatedBlock): Answer {
  const { present, absent } = split(call, block.hosts);
  if (absent.length > 0) {
    return failure(daemonRefused, `failed to delete config on ${absent.join(' ')}: host not reachable`, {
      'SUCCESSFUL ON': present,
      'FAILED ON': absent,
    });
  }
  call.world.touch();
  call.volume.blocks?.delete(call.blockName);
  return success({ 'SUCCESSFUL ON': present });
}
