/** Whether a node has what Mortar needs, layer by layer; the layers before login are the transport's business. */

import { AppError } from '../../errors.ts';
import type { Command, CommandResult } from '../../lib/command.ts';
import { nodesWords } from '../../lib/command.ts';

/** Programs and the Debian packages that bring them. */
const tools: Readonly<Record<string, string>> = {
  lvm: 'lvm2',
  'mkfs.xfs': 'xfsprogs',
  gluster: 'glusterfs-server',
  lsblk: 'util-linux',
  blkid: 'util-linux',
  wipefs: 'util-linux',
  udevadm: 'udev',
  thin_check: 'thin-provisioning-tools',
};

const modules = ['dm_thin_pool', 'xfs'];

export const glusterdCheck = (): Command => ({
  label: 'ask systemd whether glusterd runs',
  argv: ['systemctl', 'is-active', 'glusterd'],
});

/** `command` is part of the shell and no program; the script is constant, the names are its arguments. */
const lookForPrograms = ['bash', '-c', 'command -v "$@"', 'bash'];

/** One round trip; nothing on the node is changed but for kernel modules that get loaded. */
export function preflightCommands(): Command[] {
  return [
    { label: 'ask who we are', argv: ['id', '-u'] },
    { label: 'look for the programs', argv: [...lookForPrograms, ...Object.keys(tools)], optional: true },
    ...modules.map((module) => ({
      label: `load the kernel module ${module}`,
      argv: ['modprobe', module],
      optional: true,
    })),
    { label: 'ask for the version of gluster', argv: ['gluster', '--version'], optional: true },
    { ...glusterdCheck(), optional: true },
  ];
}

export interface NodeFacts {
  readonly glusterVersion: string;
}

/**
 * Judges the answers to `preflightCommands`; the first layer that fails is the error.
 *
 * @throws AppError `node.sudo_refused`, `node.tool_missing`, `node.module_missing`, `node.glusterd_down`.
 */
export function judgePreflight(host: string, results: readonly CommandResult[]): NodeFacts {
  const [who, found, ...rest] = results;
  const moduleResults = rest.slice(0, modules.length);
  const [version, glusterd] = rest.slice(modules.length);
  if (who?.stdout.trim() !== '0') {
    throw new AppError(
      'node.sudo_refused',
      `${host}: commands run as user id ${who?.stdout.trim()}, not as root: log in as root, or switch sudo on (ssh.sudo)`,
    );
  }
  const paths = found?.stdout.split('\n') ?? [];
  const missing = Object.keys(tools).filter((tool) => !paths.some((path) => path.endsWith(`/${tool}`)));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((tool) => tools[tool]))];
    throw new AppError(
      'node.tool_missing',
      `${host}: ${missing.join(', ')} not found; install the package${packages.length > 1 ? 's' : ''} ${packages.join(', ')}`,
      { details: { host, missing } },
    );
  }
  moduleResults.forEach((result, index) => {
    if (result.status !== 'failed') return;
    throw new AppError(
      'node.module_missing',
      `${host}: the kernel module ${modules[index]} cannot be loaded: ${nodesWords(result)}`,
      { details: { host, module: modules[index] } },
    );
  });
  if (glusterd?.status !== 'ok') {
    throw new AppError(
      'node.glusterd_down',
      `${host}: glusterd does not run (systemd says "${glusterd === undefined ? '?' : nodesWords(glusterd)}")`,
      { details: { host } },
    );
  }
  return { glusterVersion: version?.stdout.match(/glusterfs\s+(\S+)/)?.[1] ?? 'unknown' };
}
