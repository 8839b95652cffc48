import { AppError } from '../errors.ts';
import type { Host } from '../lib/command.ts';
import type { Action } from '../operations/kinds.ts';
import { judgePreflight, type NodeFacts, preflightCommands } from '../storage/node/preflight.ts';
import type { TopologyTools } from './topology-tools.ts';

/**
 * Looks whether a node has what Mortar needs, from the outside in: name, port, host key, login (by the transport), then
 * sudo, programs, kernel modules, glusterd.
 *
 * @throws AppError of the first layer that fails, with the node's own words.
 */
export async function preflight({ access, settings }: TopologyTools, host: Host): Promise<NodeFacts> {
  const results = await access.look(host, preflightCommands(), { timeoutMs: settings.probeTimeoutMs });
  return judgePreflight(host.address, results);
}

interface PreflightParams {
  readonly host: string;
}

/** The same as the first step of adding a node. */
export const preflightAction: Action<PreflightParams, NodeFacts> = {
  name: 'preflight',
  title: 'check that the node has what it needs',
  async run(context, { host }) {
    return judgePreflight(host, await context.exec(preflightCommands()));
  },
};

/** The contract's 400 for a first node without glusterd; other layers in their own words, also as 400. */
export function refusedFirstNode(error: AppError): AppError {
  const message =
    error.code === 'node.glusterd_down' ? "New Node doesn't have glusterd running" : error.message;
  return new AppError(error.code, message, { cause: error, details: error.details, status: 400 });
}
