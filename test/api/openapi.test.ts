import SwaggerParser from '@apidevtools/swagger-parser';
import { describe, expect, it } from 'vitest';
import { startManager } from '../support/manager.ts';

describe('the OpenAPI document', () => {
  it('is valid, and a broken one would not be', async () => {
    const { wire } = await startManager();
    const document = (await wire.send('/openapi.json', { token: undefined })).json();
    await expect(SwaggerParser.validate(structuredClone(document))).resolves.toBeDefined();
    await expect(
      SwaggerParser.validate({ ...document, paths: { '/x': { get: { responses: 7 } } } }),
    ).rejects.toThrow(/valid|schema/i);
  });

  it('gives every operation an id of its own and describes every parameter of its path', async () => {
    const { wire } = await startManager();
    const { paths } = (await wire.send('/openapi.json', { token: undefined })).json() as {
      paths: Record<
        string,
        Record<string, { operationId: string; parameters?: { name: string; in: string }[] }>
      >;
    };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect(described).toEqual(named);
    }
  });

  it('describes the problem documents that a client gets which prefers JSON', async () => {
    const { wire } = await startManager();
    const { paths, components } = (await wire.send('/openapi.json', { token: undefined })).json();
    const failure = paths['/volumes'].post.responses.default.content['application/problem+json'];
    expect(failure.schema).toEqual({ $ref: '#/components/schemas/Problem' });
    const problem = components.schemas.Problem;
    const answer = await wire.send('/volumes/0123', { headers: { accept: 'application/json' } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const told = answer.json();
    expect(Object.keys(told).sort()).toEqual(Object.keys(problem.properties).sort());
    expect(problem.required.toSorted()).toEqual(Object.keys(told).sort());
    expect(problem.properties.code.enum).toContain(told.code);
  });
});
