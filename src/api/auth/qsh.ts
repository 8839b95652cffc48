import { createHash } from 'node:crypto';

/** The request hash of a token (wire contract section 3.1): over method and decoded path, without the query string. */
export const requestHash = (method: string, path: string): string =>
  createHash('sha256').update(`${method.toUpperCase()}&${path}`).digest('hex');
