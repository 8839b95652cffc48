import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { errorCatalogue } from '../../errors.ts';
import type { Route } from '../http/route.ts';
import { patternOf } from '../http/router.ts';
import { z } from '../schema/wire.ts';

/** RFC 9457, as `middleware/errors.ts` writes it. */
const problem = z
  .object({
    type: z.string().openapi({ description: '`urn:mortar:error:` and the code.' }),
    title: z.string().openapi({ description: 'The kind of error, always the same for a code.' }),
    status: z.int().openapi({ description: 'The status of the answer.' }),
    detail: z.string().openapi({ description: 'What went wrong this time: the text of the plain answer.' }),
    code: z.enum(Object.keys(errorCatalogue)).openapi({ description: 'For programs.' }),
    remedy: z.string().openapi({ description: 'What to do about it.' }),
    details: z.record(z.string(), z.unknown()).openapi({
      description: 'Figures and names; with a refusal for want of room the reason of every device.',
    }),
  })
  .openapi('Problem');

const failure = {
  description: 'What went wrong: in words, or as a problem document for a client that prefers JSON',
  content: {
    'text/plain': { schema: z.string() },
    'application/problem+json': { schema: problem },
  },
};

/** The OpenAPI 3.1 document, made from the very schemas that check requests. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'HS256 over `iss` (admin or user), `iat`, `exp` and `qsh`: the SHA-256 of `METHOD&/path` in hex.',
  });
  for (const route of routes) registry.registerPath(pathOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Mortar',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Volumes from the disks of many machines. Heketi’s contract unchanged, and what Mortar adds. Errors are plain text; with `Accept: application/json` they are problem documents (RFC 9457).',
    },
    servers: [{ url: '/' }],
  });
}

type PathConfig = Parameters<OpenAPIRegistry['registerPath']>[0];

function pathOf(route: Route): PathConfig {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const parameter = (name: string) => z.string().openapi({ pattern: patternOf(name).source });
  return {
    method: route.method.toLowerCase() as 'get' | 'post' | 'delete',
    path: route.path,
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.isPublic === true ? [] : [{ token: [] }],
    request: {
      ...(names.length === 0
        ? {}
        : { params: z.object(Object.fromEntries(names.map((name) => [name, parameter(name)]))) }),
      ...(route.query === undefined ? {} : { query: z.object(route.query) }),
      ...(route.isCreate === true
        ? { headers: z.object({ 'Idempotency-Key': z.string().min(1).max(255).optional() }) }
        : {}),
      ...(route.body === undefined
        ? {}
        : {
            body: {
              required: route.isBodyOptional !== true,
              content: { 'application/json': { schema: route.body } },
            },
          }),
    },
    responses: responsesOf(route),
  };
}

function responsesOf(route: Route): PathConfig['responses'] {
  const answers = Object.entries(route.answers).map(([status, { description, schema, contentType }]) => {
    const type = contentType ?? (schema === undefined ? undefined : 'application/json');
    return [
      status,
      type === undefined
        ? { description }
        : { description, content: { [type]: { schema: schema ?? z.string() } } },
    ];
  });
  return { ...Object.fromEntries(answers), default: failure };
}

/** `POST /volumes/{id}/expand` is `postVolumesIdExpand`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
