import type { Group, Key, PathsOf, Values } from './definition.ts';
import { backup } from './keys/backup.ts';
import { doctor } from './keys/doctor.ts';
import { executor, kubernetes, simulation, ssh } from './keys/nodes.ts';
import { adminState, auth, database, listen, log, tls } from './keys/server.ts';
import { bricks, gluster, lvm, mounts, volumes, xfs } from './keys/storage.ts';
import { health, limits, operations } from './keys/work.ts';

/** All keys of Mortar, in the order of the reference. */
export const configKeys = {
  listen,
  tls,
  auth,
  admin_state: adminState,
  database,
  backup,
  log,
  executor,
  ssh,
  kubernetes,
  simulation,
  bricks,
  volumes,
  lvm,
  xfs,
  mounts,
  gluster,
  operations,
  health,
  doctor,
  limits,
};

type ConfigKeys = typeof configKeys;

/** A dotted path of a key: `ssh.key_file`. */
export type KeyPath = PathsOf<ConfigKeys>;

/** The checked values, nested and camelCase, one for one as the keys are. */
export type ConfigValues = Values<ConfigKeys>;

/** The members of a group, whatever they are. */
export type Members = Readonly<Record<string, Key<unknown> | Group<unknown>>>;

/** A key with its place. */
export interface KeyInfo {
  readonly path: KeyPath;
  readonly key: Key<unknown>;
  /** The environment variable by the uniform rule: `MORTAR_SSH_KEY_FILE`. */
  readonly variable: string;
}

/** All keys, flat, in order. */
export const keyInfos: ReadonlyMap<KeyPath, KeyInfo> = new Map(
  flatten(configKeys, '').map((info) => [info.path, info]),
);

export function infoOf(path: KeyPath): KeyInfo {
  const info = keyInfos.get(path);
  if (info === undefined) throw new Error(`there is no key ${path}`);
  return info;
}

/** The members of a group; the one place that looks into its unknown shape. */
export function membersOf(group: Group<unknown>): Members {
  return group.members as Members;
}

/** `ssh.key_file` is `MORTAR_SSH_KEY_FILE`. */
function variableOf(path: string): string {
  return `MORTAR_${path.replaceAll('.', '_').toUpperCase()}`;
}

function flatten(members: Members, prefix: string): KeyInfo[] {
  return Object.entries(members).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    if (member.node === 'group') return flatten(membersOf(member), `${path}.`);
    return [{ path: path as KeyPath, key: member, variable: variableOf(path) }];
  });
}
