import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import { strangeAnswer } from '../strange-answer.ts';

const repeated = new Set(['volume', 'brick', 'option', 'peer', 'hostname', 'snapshot', 'node', 'task']);

// Values stay text: parsed as numbers, "007" would become 7.
const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  isArray: (name, path) => repeated.has(name) && path !== 'cliOutput.peerStatus.peer.hostname',
});

const headSchema = z.looseObject({
  opRet: z.string(),
  opErrno: z.string(),
  opErrstr: z.string().optional(),
});

export interface GlusterAnswer {
  readonly ok: boolean;
  readonly errno: number;
  readonly words: string;
  /** The whole `cliOutput`, still unchecked. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Reads the head that all of gluster's XML answers share. @throws AppError `node.strange_answer`. */
export function parseGlusterXml(what: string, output: string): GlusterAnswer {
  if (XMLValidator.validate(output) !== true) throw strangeAnswer(what, output);
  const document = parser.parse(output) as { cliOutput?: unknown };
  const head = headSchema.safeParse(document.cliOutput);
  if (!head.success) throw strangeAnswer(what, output, head.error);
  return {
    ok: head.data.opRet === '0',
    errno: Number(head.data.opErrno),
    words: (head.data.opErrstr ?? '').trim(),
    body: head.data,
  };
}
