import type { DeviceView } from '../../../src/allocator/device.ts';
import type { PlaceRequest } from '../../../src/allocator/request.ts';
import { arbiter, device, disperse, GIB, replica2, replica3 } from './topologies.ts';

/** A cluster and a request to it. */
export interface World {
  readonly devices: readonly DeviceView[];
  readonly request: PlaceRequest;
}

type Follow = (world: World, ...words: string[]) => World;

/** Does what a suggestion says, by its words alone, as a person would. */
export function follow(world: World, suggestion: string): World {
  for (const [pattern, act] of recipes) {
    const words = pattern.exec(suggestion);
    if (words !== null) return act(world, ...words.slice(1));
  }
  throw new Error(`no recipe for: ${suggestion}`);
}

const asking = (changes: Partial<PlaceRequest>): Follow => {
  return ({ devices, request }) => ({ devices, request: { ...request, ...changes } });
};

const recipes: readonly (readonly [RegExp, Follow])[] = [
  [/^bring node (\S+) back up$/, (world, node = '') => comeBack(world, [`node ${node}`])],
  [/^set (node \S+|device .+) online$/, (world, name = '') => comeBack(world, [name])],
  [/^repair (node \S+), which just failed/, (world, name = '') => comeBack(world, [name])],
  [/^bring back all nodes and devices/, (world) => comeBack(world, everyName(world))],
  [/^bring back (.+)$/, (world, names = '') => comeBack(world, names.split(', '))],
  [/^use zone checking soft or none/, asking({ zoneChecking: 'none' })],
  [/^use replica 3 with arbiter$/, asking({ durability: arbiter })],
  [/^use replica 3$/, asking({ durability: replica3 })],
  [/^use replica 2$/, asking({ durability: replica2 })],
  [
    /^use disperse (\d)\+(\d)$/,
    (world, data, redundancy) => {
      return asking({ durability: disperse(Number(data), Number(redundancy)) })(world);
    },
  ],
  [/^ask for (\d+) GiB or less$/, (world, size) => asking({ sizeKib: Number(size) * GIB })(world)],
  [/^ask for at least (\d+) GiB$/, (world, size) => asking({ sizeKib: Number(size) * GIB })(world)],
  [
    /^give an average file size of (\d+) KiB or less$/,
    (world, size) => {
      return asking({ averageFileKib: Number(size) })(world);
    },
  ],
  [
    /^leave out the tag rule/,
    ({ devices, request }) => {
      const { tagRule, ...withoutRule } = request;
      if (tagRule === undefined) throw new Error('there is no tag rule to leave out');
      return { devices, request: withoutRule };
    },
  ],
  [
    /^raise the limit of bricks a volume from \d+ to (\d+)$/,
    (world, bricks) => {
      return asking({ limits: { ...world.request.limits, maxBricks: Number(bricks) } })(world);
    },
  ],
  [
    /^lower the smallest brick size from .+ to (\d+) MiB$/,
    (world, mib) => {
      return asking({ limits: { ...world.request.limits, brickMinKib: Number(mib) * 1024 } })(world);
    },
  ],
  [/^make room in the thin pools of (device .+)$/, (world, name = '') => comeBack(world, [name])],
  [/^set the tag arbiter=supported on (.+)$/, (world, names = '') => takeBothKinds(world, names.split(', '))],
  [
    /^add a device of at least (\d+) GiB(?: and the tag \S+)? on (?:node|each of the nodes) (.+)$/,
    (world, size, names = '') => {
      return names.split(', ').reduce((result, name) => addDevice(result, Number(size), name), world);
    },
  ],
  [
    /^add (a node|\d+ nodes, each) with a device of at least (\d+) GiB/,
    (world, nodes = '', size) => {
      const count = nodes === 'a node' ? 1 : Number.parseInt(nodes, 10);
      const names = Array.from({ length: count }, (_, at) => `brand-new-${at}`);
      return names.reduce((result, name) => addDevice(result, Number(size), name), world);
    },
  ],
];

function everyName({ devices }: World): string[] {
  return devices.flatMap((one) => [
    `node ${one.nodeName}`,
    `device ${one.deviceName} of node ${one.nodeName}`,
  ]);
}

function comeBack({ devices, request }: World, names: readonly string[]): World {
  const nodes = names.filter((name) => name.startsWith('node ')).map((name) => name.slice(5));
  const back = devices.map((one) => {
    const { unusable, ...usable } = one;
    const ofNode = nodes.includes(one.nodeName) && (unusable === 'node-down' || unusable === 'node-offline');
    const itself = names.includes(`device ${one.deviceName} of node ${one.nodeName}`);
    return ofNode || itself ? usable : one;
  });
  const excluded = [...(request.excludedNodeIds ?? [])].filter((id) => !nodes.includes(id));
  return { devices: back, request: { ...request, excludedNodeIds: new Set(excluded) } };
}

function takeBothKinds({ devices, request }: World, names: readonly string[]): World {
  return {
    request,
    devices: devices.map((one) => {
      if (!names.includes(`${one.deviceName} of node ${one.nodeName}`)) return one;
      return { ...one, tags: { ...one.tags, arbiter: 'supported' } };
    }),
  };
}

/** A disk of that size gives a little less: 128 MiB of metadata and up to an extent for alignment. */
function addDevice({ devices, request }: World, sizeGib: number, nodeName: string): World {
  const there = devices.filter((one) => one.nodeName === nodeName);
  const [first] = there;
  const zone = first?.zone ?? Math.max(0, ...devices.map((one) => one.zone)) + 1;
  const shared = Object.entries(first?.tags ?? {}).filter(([key, value]) => {
    return there.every((one) => one.tags[key] === value);
  });
  const rule = request.tagRule;
  const tags = {
    ...Object.fromEntries(shared),
    ...(rule === undefined || rule.negated ? {} : { [rule.key]: rule.value }),
  };
  const totalKib = Math.floor((sizeGib * GIB - 132 * 1024) / 4096) * 4096;
  const added = device({ id: `added-${nodeName}`, nodeId: nodeName, zone, totalKib, tags });
  return { devices: [...devices, added], request };
}
