import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadNodes, replica3, startManager } from '../support/manager.ts';

const numRuns = Number(process.env.MORTAR_RANDOM_RUNS ?? 8);
const seed = Number(process.env.MORTAR_RANDOM_SEED);

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      { readonly post?: { readonly requestBody?: { readonly content: Record<string, { schema: Schema }> } } }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A place in a body, and the types that our schema takes there. */
interface Place {
  readonly path: readonly (string | 0)[];
  readonly types: readonly string[];
}

const deepest = 5;

/** Every place that the schema gives a type, found by walking through it. */
function placesOf(document: Document, schema: Schema, path: readonly (string | 0)[] = []): Place[] {
  const name = schema.$ref?.split('/').at(-1);
  const found = name === undefined ? schema : document.components.schemas[name];
  // What is one of several things is left to the schemas' own tests.
  if (found === undefined || found.anyOf || found.allOf || found.oneOf || path.length > deepest) return [];
  const types = [found.type ?? []].flat();
  const own = types.length === 0 ? [] : [{ path, types }];
  const inner = Object.entries(found.properties ?? {}).flatMap(([key, property]) =>
    placesOf(document, property, [...path, key]),
  );
  const items = found.items === undefined ? [] : placesOf(document, found.items, [...path, 0]);
  return [...own, ...inner, ...items];
}

/** Values of every JSON type; null stands for "not given" in the contract and is left out. */
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: fc.oneof(fc.string(), fc.constantFrom('0', 'true', '{}', '\u0000', 'ü'.repeat(300))),
  number: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  boolean: fc.boolean(),
  array: fc.array(fc.jsonValue(), { maxLength: 3 }),
  object: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
};

/** A value of a type that the place does not take. */
function misfit(types: readonly string[]): fc.Arbitrary<unknown> {
  const taken = new Set(types.map((type) => (type === 'integer' ? 'number' : type)));
  return fc.oneof(...Object.entries(values).flatMap(([type, value]) => (taken.has(type) ? [] : [value])));
}

/** The value at its place, with nothing but the way there around it. */
function wrap(path: readonly (string | 0)[], value: unknown): unknown {
  return path.reduceRight((inner, step) => (step === 0 ? [inner] : { [step]: inner }), value);
}

async function scene() {
  const manager = await startManager();
  const { clusterId, nodeIds } = await loadNodes(manager.wire, 3, 1);
  const volume = (await manager.wire.finish('/volumes', { body: replica3(1) })).json();
  const [brick] = volume.bricks;
  const ids: Readonly<Record<string, string>> = {
    clusters: clusterId,
    nodes: nodeIds[0] ?? '',
    devices: brick.device,
    volumes: volume.id,
    bricks: brick.id,
  };
  const document = (await manager.wire.send('/openapi.json', { token: undefined })).json() as Document;
  const routes = Object.entries(document.paths).flatMap(([path, { post }]) => {
    const schema = post?.requestBody?.content['application/json']?.schema;
    if (schema === undefined) return [];
    const target = path.replace(/\{\w+\}/g, ids[path.split('/')[1] ?? ''] ?? '0'.repeat(32));
    return placesOf(document, schema).map((place) => ({ path: target, place }));
  });
  /** All that is on record, and the kinds of operations there ever were. */
  const state = async (): Promise<unknown> => ({
    dump: (await manager.wire.send('/db/dump')).json(),
    operations: (await manager.app.database.read.operations.listRecent(1000)).map(({ kind }) => kind),
  });
  return { ...manager, routes, state };
}

describe('a body with something of the wrong type in it', () => {
  it(`is refused with a reason by every route, and changes nothing (seed ${seed})`, async () => {
    const { app, wire, routes, state } = await scene();
    // What the nodes are told of the new devices by itself is out of the way.
    await app.doctor.imprints.flush();
    const before = await state();
    expect(routes.length).toBeGreaterThan(60);
    for (const { path, place } of routes) {
      await fc.assert(
        fc.asyncProperty(misfit(place.types), async (value) => {
          const body = wrap(place.path, value);
          const answer = await wire.send(path, { rawBody: JSON.stringify(body) });
          const sent = `${path} ${JSON.stringify(body)}: ${answer.status} ${answer.text}`;
          expect([400, 404, 409, 422], sent).toContain(answer.status);
          expect(answer.text.trim(), sent).not.toBe('');
        }),
        { numRuns, seed },
      );
    }
    expect(await state()).toEqual(before);
  });
});
