import type { ConfigFlags } from './config/definition.ts';
import { describeConfig, describeConfigAsJson } from './config/describe-config.ts';
import { findingsAsJson, formatFaults, formatWarnings } from './config/fault.ts';
import { checkConfig } from './config/load-config.ts';
import { systemInput } from './config/system-input.ts';
import { AppError } from './errors.ts';

export interface CheckView {
  /** Every setting with its value and source, too. */
  readonly isShown: boolean;
  readonly isJson: boolean;
}

/** Checks the configuration and prints what was found. @throws AppError `config.invalid` with all faults. */
export function checkConfiguration(
  flags: ConfigFlags,
  { isShown, isJson }: CheckView,
  output: { write(text: string): unknown },
): void {
  const { loaded, faults, warnings } = checkConfig(systemInput(flags));
  if (isJson) {
    const settings = isShown && loaded !== undefined ? { settings: describeConfigAsJson(loaded) } : {};
    const findings = { faults: findingsAsJson(faults), warnings: findingsAsJson(warnings), ...settings };
    output.write(JSON.stringify(findings));
    if (faults.length > 0) throw new AppError('config.invalid', `${faults.length} faults`);
    return;
  }
  if (warnings.length > 0) output.write(`${formatWarnings(warnings)}\n`);
  if (isShown && loaded !== undefined) output.write(`${describeConfig(loaded)}\n`);
  if (faults.length > 0) throw new AppError('config.invalid', formatFaults(faults));
  output.write('The configuration has no faults.\n');
}
