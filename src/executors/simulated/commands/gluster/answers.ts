/** gluster's answers with `--xml`: failures too end with exit code 0, and say so by numbers. */
import { type Answer, failed } from '../../world/answer.ts';

export interface GlusterAnswer {
  readonly ret?: number;
  readonly errno?: number;
  readonly words?: string;
  /** Elements after the head, each on lines of its own. */
  readonly body?: readonly string[];
}

/** glusterd's number for a refusal without a number of its own. */
export const refused = 30_800;
export const noSuchVolume = 30_806;
export const inTransaction = 30_802;
/** Of refusals that have to do with snapshots. */
export const snapshotErrno = {
  brickDown: 30_803,
  limit: 30_805,
  noSnapshot: 30_807,
  rebalancing: 30_808,
  volumeRuns: 30_809,
  volumeStopped: 30_810,
  volumeExists: 30_811,
  snapshotExists: 30_812,
  notThin: 30_815,
} as const;

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => replacements[character] ?? '');

export const element = (name: string, text: string | number): string =>
  `<${name}>${escapeXml(String(text))}</${name}>`;

/** An element with others in it, two more spaces deep. */
export const nest = (name: string, inner: readonly string[]): string[] => [
  `<${name}>`,
  ...inner.map((line) => `  ${line}`),
  `</${name}>`,
];

export function xml({ ret = 0, errno = 0, words = '', body = [] }: GlusterAnswer): Answer {
  const head = [
    element('opRet', ret),
    element('opErrno', errno),
    words === '' ? '<opErrstr/>' : element('opErrstr', words),
  ];
  const lines = nest('cliOutput', [...head, ...body]);
  return {
    exitCode: 0,
    stdout: ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', ...lines, ''].join('\n'),
    stderr: '',
  };
}

export const refusal = (words: string, errno = refused): Answer => xml({ ret: -1, errno, words });

/** Answers of the older kind, with `<cliOp>` and the words once more as `<output>`. */
export function outcome(
  operation: string,
  words: string,
  failure?: { readonly errno?: number; readonly text: string },
): Answer {
  const body = [element('cliOp', operation), element('output', words)];
  if (failure === undefined) return xml({ body });
  return xml({ ret: -1, errno: failure.errno ?? refused, words: failure.text, body });
}

/** What the client itself refuses, before it asks glusterd: on standard error, with exit code 1. */
export const usage = (form: string, ...words: readonly string[]): Answer =>
  failed(1, ...words, '', 'Usage:', form, '');
