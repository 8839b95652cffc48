/** How Heketi writes values, turned into what Mortar's file would hold. What cannot be turned is left for the schema. */

const executorNames = new Map([
  ['mock', 'simulated'],
  ['kube', 'kubernetes'],
]);

/** `mock` is Mortar's `simulated`, `kube` its `kubernetes`; the rest keeps its name, and the schema says which exist. */
export function readExecutor(value: unknown): unknown {
  return typeof value === 'string' ? (executorNames.get(value) ?? value) : value;
}

/** Heketi's `port` is a text; on all interfaces. */
export function readPort(value: unknown): unknown {
  return typeof value === 'string' || typeof value === 'number' ? `:${value}` : value;
}

/** A number that may stand in quotes. */
export function readNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

/** "a b,c d" is a list of options. */
export function readCommaList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

export function readInverted(value: unknown): unknown {
  return typeof value === 'boolean' ? !value : value;
}

/** `fstab` names a file, which in Mortar goes with the method `fstab`. */
export function readFstabMethod(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('/') ? 'fstab' : undefined;
}

/** mkfs.xfs takes a bare stripe unit for bytes. */
export function readBytesAsKib(value: unknown): unknown {
  return typeof value === 'number' ? value / 1024 : value;
}

const unitsKib = new Map([
  ['K', 1],
  ['M', 1024],
  ['G', 1024 * 1024],
]);

/** LVM's sizes: `256K`, `4M`, `4MB`, `1GiB`, as KiB. */
export function readLvmSize(value: unknown): unknown {
  const match = typeof value === 'string' ? /^(\d{1,9})\s*([KMG])(?:i?B)?$/i.exec(value.trim()) : null;
  const factor = unitsKib.get((match?.[2] ?? '').toUpperCase());
  return match === null || factor === undefined ? value : Number(match[1]) * factor;
}

/**
 * HEKETI_HTTP_PORT names a port only: the host that the configuration file names stays, so that a variable cannot open
 * a server to the network that was meant for this machine.
 */
export function readHttpPort(text: string, weaker: unknown): unknown {
  const host = typeof weaker === 'string' ? /^(.*):[^:]*$/.exec(weaker)?.[1] : undefined;
  return `${host ?? ''}:${text}`;
}

/** HEKETI_DISABLE_HEALTH_MONITOR: only the value `true` counts. */
export function readDisableSwitch(text: string): unknown {
  return text === 'true' ? false : undefined;
}

/** `max_connections`: less than 0 is no limit. */
export function readMaxConnections(value: unknown): unknown {
  return typeof value === 'number' && value < 0 ? 0 : value;
}

/** A switch of the file that says how pods are found. */
export const readPodsBy =
  (way: 'daemonset' | 'name') =>
  (value: unknown): unknown =>
    typeof value === 'boolean' ? (value ? way : undefined) : value;

/** HEKETI_KUBE_GLUSTER_DAEMONSET: only the first letter counts. */
export const readDaemonsetSwitch = (text: string, weaker: unknown): unknown =>
  switched(text, weaker, 'daemonset');

/** HEKETI_KUBE_USE_POD_NAMES: likewise. */
export const readPodNamesSwitch = (text: string, weaker: unknown): unknown => switched(text, weaker, 'name');

/** On it names the way; off it takes the way back that the file names. Anything else is left for the schema. */
function switched(text: string, weaker: unknown, way: 'daemonset' | 'name'): unknown {
  if (/^[yY1]/.test(text)) return way;
  if (/^[nN0]/.test(text)) return weaker === way ? 'label' : undefined;
  return text;
}
