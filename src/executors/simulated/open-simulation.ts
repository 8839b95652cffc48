import type { SimulationInput } from './description/schema.ts';
import { type ResolveStorageHost, Simulation, type SimulationOptions } from './simulation.ts';

export interface SimulationSettings {
  /** A simulation file, YAML or JSON; without one the world begins empty and nodes appear as they are addressed. */
  readonly file?: string | undefined;
  /** Where the world is kept, so that it survives the process. */
  readonly stateFile?: string | undefined;
  /** Size of disks that appear by themselves, unless the file says another. */
  readonly deviceSizeGib?: number | undefined;
  /** What each command takes, unless the file says more. */
  readonly latencyMs?: number | undefined;
  readonly resolveStorageHost?: ResolveStorageHost | undefined;
}

/** The simulation that a configuration asks for. @throws AppError `config.invalid` for a faulty file. */
export function openSimulation(settings: SimulationSettings): Simulation {
  const { file, stateFile, deviceSizeGib, latencyMs, resolveStorageHost } = settings;
  const description: SimulationInput = {
    ...(deviceSizeGib === undefined ? {} : { diskGiB: deviceSizeGib }),
    ...(latencyMs === undefined ? {} : { latency: [{ perCommandMs: latencyMs }] }),
  };
  const options: SimulationOptions = {
    description,
    ...(stateFile === undefined ? {} : { stateFile }),
    ...(resolveStorageHost === undefined ? {} : { resolveStorageHost }),
  };
  return file === undefined ? new Simulation(options) : Simulation.fromFile(file, options);
}
