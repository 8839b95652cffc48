import type { Command } from 'commander';
import type { ClientOptions } from '../client/client.ts';
import { listFlag } from './arguments/flags.ts';
import type { Surroundings } from './surroundings.ts';

/** The flags that every command has (wire contract section 18.1). */
export interface GlobalFlags {
  readonly server?: string;
  readonly user?: string;
  readonly secret?: string;
  readonly json?: boolean;
  readonly insecureTls?: boolean;
  readonly tlsCert?: readonly string[];
}

const defaultServer = 'http://localhost:8080';

export function addGlobalFlags(program: Command): void {
  program
    .option(
      '-s, --server <url>',
      `address of the server (MORTAR_SERVER, HEKETI_CLI_SERVER; ${defaultServer})`,
    )
    .option('--user <name>', 'user: admin or user (MORTAR_USER, HEKETI_CLI_USER)')
    .option('--secret <key>', 'key of the user; better in MORTAR_KEY or HEKETI_CLI_KEY')
    .option('--json', 'print the answer as JSON')
    .option('-I, --insecure-tls', 'take any certificate of the server: not safe')
    .addOption(
      listFlag('-C, --tls-cert <file>', "PEM file of the server's CA, instead of the system's; repeatable"),
    );
}

/** How to reach the server: a flag wins over MORTAR_*, and that over HEKETI_CLI_*. */
export function connectionOf(
  flags: GlobalFlags,
  { env, name, version }: Pick<Surroundings, 'env' | 'name' | 'version'>,
): ClientOptions {
  return {
    server: flags.server || env.MORTAR_SERVER || env.HEKETI_CLI_SERVER || defaultServer,
    user: flags.user || env.MORTAR_USER || env.HEKETI_CLI_USER,
    key: flags.secret || env.MORTAR_KEY || env.HEKETI_CLI_KEY,
    tls: { insecure: flags.insecureTls ?? false, caFiles: flags.tlsCert ?? [] },
    userAgent: `${name}/${version}`,
  };
}
