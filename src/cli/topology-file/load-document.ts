/** The topology file of `topology load`, read as heketi-cli does: what is not known is passed over (section 19). */
import {
  flag,
  isAbsent,
  isEmpty,
  listOf,
  mapOf,
  optional,
  record,
  type Shape,
  ShapeError,
  text,
  wholeNumber,
} from '../../client/shape.ts';
import { failure } from '../exit-error.ts';

export interface LoadDevice {
  readonly name: string;
  readonly tags?: Record<string, string>;
  readonly destroydata?: boolean;
}

export interface LoadNode {
  readonly hostnames: { readonly manage: string[]; readonly storage: string[] };
  readonly zone: number;
  readonly tags?: Record<string, string>;
}

export interface LoadCluster {
  readonly file: boolean;
  readonly block: boolean;
  readonly nodes: readonly { readonly node: LoadNode; readonly devices: readonly LoadDevice[] }[];
}

export interface LoadDocument {
  readonly clusters: readonly LoadCluster[];
}

const deviceObject = record<LoadDevice>({
  name: text,
  tags: optional(mapOf(text)),
  destroydata: optional(flag),
});

/** A text is a device's name. */
const deviceShape: Shape<LoadDevice> = {
  read: (value, where) => (typeof value === 'string' ? { name: value } : deviceObject.read(value, where)),
};

/** Clusters take everything unless the file says otherwise. */
const flagThatHolds: Shape<boolean> = {
  read: (value, where) => (value === undefined || value === null ? true : flag.read(value, where)),
};

const documentShape = record<LoadDocument>({
  clusters: listOf(
    record<LoadCluster>({
      file: flagThatHolds,
      block: flagThatHolds,
      nodes: listOf(
        record<LoadCluster['nodes'][number]>({
          node: record<LoadNode>({
            hostnames: record<LoadNode['hostnames']>({ manage: listOf(text), storage: listOf(text) }),
            zone: wholeNumber,
            tags: optional(mapOf(text)),
          }),
          devices: listOf(deviceShape),
        }),
      ),
    }),
  ),
});

const unparsable = 'Unable to parse config file';

export interface LoadFile {
  readonly document: LoadDocument;
  /** Keys that mean nothing where they stand: `unknown key "zones" in clusters[0].nodes[1].node`. */
  readonly unknownKeys: readonly string[];
}

/**
 * @throws ExitError: `Unable to parse config file` for what is no JSON or has wrong types, as heketi-cli says it; and with
 * the place for a node without a manage name, over which heketi-cli stumbles.
 */
export function readLoadFile(content: string): LoadFile {
  const { document, raw } = parse(content);
  for (const [cluster, { nodes }] of document.clusters.entries()) {
    for (const [index, { node }] of nodes.entries()) {
      if (!node.hostnames.manage[0]) {
        const place = `clusters[${cluster}].nodes[${index}].node.hostnames.manage`;
        throw failure(`${unparsable}: ${place}: give at least one host name`);
      }
    }
  }
  return { document, unknownKeys: [...unknownKeys(raw, document, '')] };
}

function parse(content: string): { readonly document: LoadDocument; readonly raw: unknown } {
  try {
    const raw: unknown = JSON.parse(content);
    return { document: documentShape.read(raw, ''), raw };
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof ShapeError) throw failure(unparsable);
    throw thrown;
  }
}

const optionalKeys: ReadonlySet<string> = new Set<keyof LoadDevice | keyof LoadNode>(['tags', 'destroydata']);

/** What is known and says nothing, reading leaves out too. */
const isLeftOut = (key: string, value: unknown): boolean =>
  optionalKeys.has(key) && (isAbsent(value) || isEmpty(value));

/** Keys that reading has not taken over. */
function* unknownKeys(raw: unknown, read: unknown, place: string): Generator<string> {
  if (Array.isArray(raw) && Array.isArray(read)) {
    for (const [index, item] of raw.entries()) yield* unknownKeys(item, read[index], `${place}[${index}]`);
  } else if (isObject(raw) && isObject(read)) {
    for (const [key, value] of Object.entries(raw)) {
      const at = place === '' ? key : `${place}.${key}`;
      if (Object.hasOwn(read, key)) yield* unknownKeys(value, read[key], at);
      else if (!isLeftOut(key, value)) yield `unknown key "${key}"${place === '' ? '' : ` in ${place}`}`;
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
