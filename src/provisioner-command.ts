import { hostname } from 'node:os';
import type { Command } from 'commander';
import { ExitError, failure } from './cli/exit-error.ts';
import type { Surroundings } from './cli/surroundings.ts';
import { connectCluster } from './kubernetes/cluster.ts';
import { LeaseLost } from './kubernetes/lease.ts';
import { type ProvisionerOptions, runProvisioner } from './kubernetes/provisioner/provisioner.ts';
import { systemClock } from './lib/clock.ts';
import { createLog } from './logging.ts';
import {
  type ProvisionerFlags,
  type ProvisionerSettings,
  readProvisionerSettings,
} from './provisioner-settings.ts';

/** Another provisioner may lead; whoever supervises this one starts it again. */
const leaseLostCode = 3;

/** `mortar provisioner`: serves claims until a signal ends it. @throws ExitError with the codes of docs/kubernetes.md. */
export async function provision(
  flags: ProvisionerFlags,
  command: Command,
  around: Pick<Surroundings, 'env' | 'version'>,
): Promise<void> {
  const globals = command.optsWithGlobals<{ tlsCert?: readonly string[]; insecureTls?: boolean }>();
  const settings = readProvisionerSettings(flags, around.env);
  const ended = new AbortController();
  const stop = (): void => ended.abort(new Error('a signal ended it'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const tls = { caFiles: globals.tlsCert ?? [], insecure: globals.insecureTls ?? false };
    await runProvisioner(optionsOf(settings, around, tls), ended.signal);
  } catch (thrown) {
    if (thrown instanceof LeaseLost) throw new ExitError(leaseLostCode, thrown.message);
    throw failure((thrown as Error).message);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function optionsOf(
  settings: ProvisionerSettings,
  { env, version }: Pick<Surroundings, 'env' | 'version'>,
  tls: ProvisionerOptions['tls'],
): ProvisionerOptions {
  const { logLevel, logFormat, kubeconfig, ...rest } = settings;
  const userAgent = `mortar-provisioner/${version}`;
  return {
    ...rest,
    tls,
    userAgent,
    log: createLog({ log: { level: logLevel, format: logFormat } }),
    api: connectCluster({ kubeconfig, env, clock: systemClock, userAgent }),
    identity: `${hostname()}_${crypto.randomUUID()}`,
    firstPauseMs: 1000,
  };
}
