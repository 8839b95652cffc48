import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
// This file alone: the package's own entry would bring the whole page into the server.
import getAbsoluteFSPath from 'swagger-ui-dist/absolute-path.js';
import { AppError } from '../../errors.ts';
import type { Reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { openApiDocument } from './document.ts';

const tag = 'Service';

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Mortar API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script></body>
</html>
`;

const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

const types: Readonly<Record<string, string>> = { css: 'text/css', js: 'text/javascript' };

/** The document and a page to read it with; everything comes from this server, nothing from elsewhere. */
export function openApiRoutes(routes: readonly Route[], version: string): Route[] {
  const text = (body: string, contentType: string): Reply => ({
    type: 'text',
    status: 200,
    text: body,
    contentType: `${contentType}; charset=utf-8`,
  });
  const asset = (file: string): Route =>
    route({
      method: 'GET',
      path: `/docs/${file}`,
      tag,
      summary: `Part of the API page: ${file}`,
      isPublic: true,
      answers: { 200: { description: 'The file' } },
      handle: async () => text(await readAsset(file), types[file.split('.').at(-1) ?? ''] ?? 'text/plain'),
    });
  let document: string | undefined;
  return [
    route({
      method: 'GET',
      path: '/openapi.json',
      tag,
      summary: 'This document',
      isPublic: true,
      answers: { 200: { description: 'OpenAPI 3.1' } },
      handle: () =>
        text((document ??= JSON.stringify(openApiDocument(routes, version), null, 2)), 'application/json'),
    }),
    route({
      method: 'GET',
      path: '/docs',
      tag,
      summary: 'The API page',
      isPublic: true,
      answers: { 200: { description: 'A page to read this document with', contentType: 'text/html' } },
      handle: () => text(page, 'text/html'),
    }),
    route({
      method: 'GET',
      path: '/docs/start.js',
      tag,
      summary: 'Part of the API page: start.js',
      isPublic: true,
      answers: { 200: { description: 'The file' } },
      handle: () => text(start, 'text/javascript'),
    }),
    asset('swagger-ui.css'),
    asset('swagger-ui-bundle.js'),
  ];
}

async function readAsset(file: string): Promise<string> {
  try {
    return await readFile(join(getAbsoluteFSPath(), basename(file)), 'utf8');
  } catch (thrown) {
    throw new AppError('request.unknown_path', `the file ${file} of the API page is not installed`, {
      cause: thrown,
    });
  }
}
