import { z } from 'zod';
import { strangeAnswer } from '../strange-answer.ts';
import { readXml, type XmlShape } from './xml-tree.ts';

/** glusterd's number for "there is no such volume". */
export const noSuchVolume = 30_806;

const repeated = new Set(['volume', 'brick', 'option', 'peer', 'hostname', 'snapshot', 'node', 'task']);

const shape: XmlShape = {
  isList: (name, parent) => repeated.has(name) && !(name === 'hostname' && parent === 'peer'),
  // `volume info` writes a brick's name twice: as text, and as the element `name`.
  isMixed: (name) => name === 'brick',
};

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
  const head = headSchema.safeParse(cliOutputIn(what, output));
  if (!head.success) throw strangeAnswer(what, output, head.error);
  return {
    ok: head.data.opRet === '0',
    errno: Number(head.data.opErrno),
    words: (head.data.opErrstr ?? '').trim(),
    body: head.data,
  };
}

function cliOutputIn(what: string, output: string): unknown {
  try {
    return readXml(output, shape).cliOutput;
  } catch (thrown) {
    throw strangeAnswer(what, output, thrown);
  }
}
