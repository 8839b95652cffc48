import type { Config } from './config/config.ts';
import type { ConfigFlags } from './config/definition.ts';
import { loadConfig } from './config/load-config.ts';
import { systemInput } from './config/system-input.ts';

/** Flags of commands that work on the database without a manager. */
export type OfflineFlags = Pick<ConfigFlags, 'config' | 'db'>;

/**
 * The configuration for work on the database alone: no node is reached and nobody is let in, so keys for that may be
 * missing. @throws AppError `config.invalid`.
 */
export const loadOfflineConfig = ({ config, db }: OfflineFlags): Config =>
  loadConfig(systemInput({ config, db, disableAuth: true, simulate: true })).config;
