import type { ConfigFlags } from './config/definition.ts';
import { describeConfig, describeConfigAsJson } from './config/describe-config.ts';
import { type Fault, findingsAsJson, formatFaults, formatWarnings } from './config/fault.ts';
import { checkConfig, type LoadedConfig } from './config/load-config.ts';
import type { KeyPath } from './config/schema.ts';
import { defaultSource } from './config/source.ts';
import { systemInput } from './config/system-input.ts';
import { AppError, toAppError } from './errors.ts';
import { readServerCertificate } from './server-certificate.ts';

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
  const { loaded, faults: found, warnings } = checkConfig(systemInput(flags));
  const faults = [...found, ...(loaded === undefined ? [] : certificateFaults(loaded))];
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

/** Certificate and key are looked at as `serve` does, so that it never finds what the check did not. */
function certificateFaults({ config, settings }: LoadedConfig): Fault[] {
  if (config.tls === undefined) return [];
  try {
    readServerCertificate(config.tls);
    return [];
  } catch (thrown) {
    const [, key = 'tls.cert_file', found = toAppError(thrown).message] =
      /^(tls\.\w+): (.*)$/s.exec(toAppError(thrown).message) ?? [];
    const source = settings.get(key as KeyPath)?.candidate?.source ?? defaultSource;
    const remedy = 'give a certificate in PEM (with its chain) and the private key that belongs to it';
    return [{ key, source, found, remedy }];
  }
}
