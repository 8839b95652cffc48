import { ClientError } from '../../client/client-error.ts';
import { failure } from '../exit-error.ts';
import type { TopologyFile } from './topology-file.ts';

interface Issue {
  readonly path: string;
  readonly message: string;
}

/**
 * The server's complaints about a topology file, with the file's lines: `topology.yaml:12: clusters[0].nodes[1].node.zone:
 * cannot be blank`. Any other error is given back as it is.
 */
export function explainFaults(thrown: unknown, file: TopologyFile): unknown {
  const issues = thrown instanceof ClientError ? issuesOf(thrown) : [];
  if (issues.length === 0) return thrown;
  const faults = issues.flatMap((issue) => faultsOf(issue, file)).sort((a, b) => a.line - b.line);
  return failure(faults.map(({ line, text }) => `${file.path}:${line}: ${text}`).join('\n'));
}

function issuesOf({ status, details }: ClientError): Issue[] {
  const { issues } = details;
  if ((status !== 400 && status !== 422) || !Array.isArray(issues)) return [];
  return issues.filter(
    (issue: Partial<Issue> | null) => typeof issue?.path === 'string' && typeof issue.message === 'string',
  ) as Issue[];
}

function faultsOf({ path, message }: Issue, file: TopologyFile): { line: number; text: string }[] {
  const unknownKeys = /^Unrecognized keys?: (.*)$/.exec(message)?.[1];
  if (unknownKeys === undefined) {
    const text = [inBrackets(path), complaintAbout(file.valueAt(path), message)].filter(Boolean).join(': ');
    return [{ line: file.lineOf(path), text }];
  }
  return [...unknownKeys.matchAll(/"([^"]*)"/g)].map(([, key = '']) => ({
    line: file.lineOf(path, key),
    text: `unknown key "${key}"${path === '' ? '' : ` in ${inBrackets(path)}`}`,
  }));
}

/** The wire has one word for what is missing and for what has another type; with the file at hand they are told apart. */
function complaintAbout(value: unknown, message: string): string {
  if (message !== 'cannot be blank') return message;
  const isBlank = value === undefined || value === null || value === '' || value === 0;
  if (isBlank || (Array.isArray(value) && value.length === 0)) return message;
  return `${JSON.stringify(value)} is of the wrong type`;
}

/** `clusters.0.nodes` is `clusters[0].nodes`. */
const inBrackets = (path: string): string => path.replace(/\.(\d+)(?=\.|$)/g, '[$1]');
