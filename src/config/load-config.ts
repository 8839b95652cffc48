import { AppError } from '../errors.ts';
import { type Candidate, gatherCandidates } from './candidate.ts';
import { checkRules } from './check-rules.ts';
import { type Config, shapeConfig } from './config.ts';
import type { ConfigFlags } from './definition.ts';
import { type DocumentMap, readDocument } from './document.ts';
import { type Fault, type Findings, formatFaults, inOrder, noFindings, type Warning } from './fault.ts';
import { readFileCandidates } from './file-candidates.ts';
import { readFlags } from './flag-candidates.ts';
import { isHeketiDocument, readHeketiFile } from './heketi/read-heketi-file.ts';
import { absolutePath } from './local-path.ts';
import { nestValues } from './nest-values.ts';
import { attemptRead, isWorldReadable, type ReadFile } from './read-file.ts';
import { readSecrets } from './read-secrets.ts';
import { resolveSettings } from './resolve-settings.ts';
import { type KeyPath, keyInfos } from './schema.ts';
import type { Settings } from './setting.ts';
import type { Source } from './source.ts';
import { configVariable, type Environment, readVariables } from './variable-candidates.ts';

/** All that the configuration is made of; nothing else is looked at. */
export interface ConfigInput {
  readonly argvFlags: ConfigFlags;
  readonly env: Environment;
  readonly readFile: ReadFile;
  /** What relative paths are relative to, in flags, variables and files alike. */
  readonly cwd: string;
}

/** A configuration without faults. */
export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly Warning[];
  /** The value of every key with its source, for `describeConfig`. */
  readonly settings: Settings;
}

/** What a look at the configuration brings: `loaded` when there are no faults. */
export interface ConfigCheck {
  readonly loaded: LoadedConfig | undefined;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
}

/**
 * Reads the configuration: defaults < file < environment < flags, all checked at once.
 *
 * @throws AppError `config.invalid`; the message lists all faults (`formatFaults`), `details.faults` has them as objects.
 */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const { loaded, faults } = checkConfig(input);
  if (loaded === undefined)
    throw new AppError('config.invalid', formatFaults(faults), { details: { faults } });
  return loaded;
}

/** The same without throwing, for `mortar config check`. */
export function checkConfig(input: ConfigInput): ConfigCheck {
  const findings = noFindings();
  const file = openFile(input, findings);
  const isComplete = file !== undefined || findings.faults.length === 0;
  const candidates = gatherCandidates(...collect(input, file, findings));
  const home = nonEmpty(input.env['HOME']);
  const settings = resolveSettings(candidates, { cwd: input.cwd, home }, findings);
  if (file !== undefined) warnOfOpenFile(file, settings, findings);
  const secrets = readSecrets(settings, input.readFile, findings);
  const values = nestValues(settings);
  const agentSocket = nonEmpty(input.env['SSH_AUTH_SOCK']);
  const isInPod = input.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  checkRules(
    { settings, values, secrets, agentSocket, isInPod, readFile: input.readFile, isComplete },
    findings,
  );
  const faults = inOrder(findings.faults);
  const warnings = inOrder(findings.warnings);
  if (faults.length > 0) return { loaded: undefined, faults, warnings };
  const config = shapeConfig(values, { secrets, agentSocket });
  return { loaded: { config, warnings, settings }, faults, warnings };
}

interface OpenFile {
  /** As it was named, for messages. */
  readonly path: string;
  readonly root: DocumentMap;
  readonly isOpenToAll: boolean;
}

function openFile(input: ConfigInput, findings: Findings): OpenFile | undefined {
  const { argvFlags, env } = input;
  const path = argvFlags.config ?? nonEmpty(env[configVariable]);
  if (path === undefined) return undefined;
  const source: Source =
    argvFlags.config === undefined
      ? { kind: 'environment', variable: configVariable }
      : { kind: 'flag', flag: '--config' };
  const absolute = absolutePath(path, { cwd: input.cwd, home: nonEmpty(env['HOME']) });
  const attempt = attemptRead(input.readFile, absolute ?? path);
  if ('trouble' in attempt) {
    findings.faults.push({ key: '', source, ...attempt.trouble });
    return undefined;
  }
  const { root, faults } = readDocument(path, attempt.content.text);
  findings.faults.push(...faults);
  return root === undefined ? undefined : { path, root, isOpenToAll: isWorldReadable(attempt.content) };
}

/** The candidates of file, environment and flags, weakest first. */
function collect(input: ConfigInput, file: OpenFile | undefined, findings: Findings): Candidate[][] {
  const flags = readFlags(input.argvFlags);
  const isHeketi = file !== undefined && isHeketiDocument(file.root);
  const ofFile = isHeketi ? [] : readNative(file, findings);
  const rawOf = (candidates: readonly Candidate[]) => (path: KeyPath) =>
    candidates.findLast((candidate) => candidate.path === path)?.raw;
  if (!isHeketi) {
    const variables = readVariables(input.env, rawOf(ofFile));
    merge(findings, variables.findings);
    return [ofFile, variables.candidates, flags];
  }
  const alone = rawOf(readHeketiFile({ ...file, stronger: rawOf(flags) }).candidates);
  // Heketi's file has one port for all interfaces, so a port from the environment needs no host from it.
  const variables = readVariables(input.env, (path) => (path === 'listen' ? undefined : alone(path)));
  merge(findings, variables.findings);
  const stronger = rawOf([...variables.candidates, ...flags]);
  const heketi = readHeketiFile({ ...file, stronger });
  merge(findings, heketi.findings);
  return [heketi.candidates, variables.candidates, flags];
}

function readNative(file: OpenFile | undefined, findings: Findings): Candidate[] {
  if (file === undefined) return [];
  const { candidates, faults } = readFileCandidates(file.root, file.path);
  findings.faults.push(...faults);
  return candidates;
}

/** A file with secrets in it that everyone can read. */
function warnOfOpenFile(file: OpenFile, settings: Settings, findings: Findings): void {
  if (!file.isOpenToAll) return;
  for (const { path, key } of keyInfos.values()) {
    const candidate = settings.get(path)?.candidate;
    if (key.kind.nature !== 'secret' || candidate?.source.kind !== 'file') continue;
    const message = `stands in a file that everyone on this machine can read; chmod o-r ${file.path}, or use \`${path}_file\``;
    findings.warnings.push({ key: candidate.writtenAs, source: candidate.source, message });
  }
}

function merge(into: Findings, from: Findings): void {
  into.faults.push(...from.faults);
  into.warnings.push(...from.warnings);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
