import { setFlagsFromString } from 'node:v8';
import { type App, createApp } from './app.ts';
import type { ConfigFlags } from './config/definition.ts';
import { formatWarnings } from './config/fault.ts';
import { loadConfig } from './config/load-config.ts';
import { systemInput } from './config/system-input.ts';
import type { Log } from './lib/log.ts';
import { createLog } from './logging.ts';

/**
 * Garbage is collected when the heap has grown by so much since the last time. By itself V8 lets it grow up to fourfold, which
 * with many volumes is hundreds of megabytes of nothing; the time that it saves is hardly to be seen.
 */
const heapGrowingPercent = 30;

/**
 * Runs a manager in the foreground until a signal ends it.
 *
 * @throws AppError `config.invalid`, `database.unusable`: nothing was started.
 */
export async function serve(flags: ConfigFlags): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`);
  const { config, warnings } = loadConfig(systemInput(flags));
  if (warnings.length > 0) process.stderr.write(`${formatWarnings(warnings)}\n`);
  const log = createLog(config);
  const app = await createApp(config, { log, logLevel: log });
  const port = await app.start().catch(async (thrown: unknown) => {
    await app.stop();
    throw thrown;
  });
  const ended = untilSignal(app, log);
  if (config.executor === 'simulated') {
    log.warn({}, 'all nodes are SIMULATED: volumes exist in this process only, nothing is stored anywhere');
  }
  log.info({ port, executor: config.executor, database: config.database.path }, 'ready');
  process.stdout.write(`Listening on port ${port}${config.tls === undefined ? '' : ' with TLS enabled'}\n`);
  await ended;
}

/**
 * The first signal stops gracefully, a second one at once; SIGUSR2 leads out of the maintenance mode, SIGHUP has the
 * certificate read again.
 */
function untilSignal(app: App, log: Log): Promise<void> {
  return new Promise((resolve, reject) => {
    let isStopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) {
        log.warn({ signal }, 'cutting off what is still running');
        app.engine.cutOff();
        return;
      }
      isStopping = true;
      log.info({ signal }, 'stopping; a second signal cuts off what is running');
      app.stop().then(resolve, reject);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    process.on('SIGHUP', () => app.reloadCertificate());
    process.on('SIGUSR2', () => {
      app.adminState.set('normal');
      log.warn({}, 'the maintenance mode is back to normal');
    });
  });
}
