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
    ).rejects.toThrow();
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
});
