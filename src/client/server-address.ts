import { ClientError } from './client-error.ts';

/**
 * Checks the address of a server. A slash at its end is taken off; a path is refused, since the request hash of a token
 * would cover it and the server would not know it (wire contract section 20.1).
 *
 * @throws ClientError that names the address and what is wrong with it. The address may hold no password, so none is shown.
 */
export function readServerAddress(server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ClientError(
      `server "${withoutPassword(server)}": write an address such as http://localhost:8080`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new ClientError(
      `server "${url.protocol}//…@${url.host}": leave user and password out; use user and key`,
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new ClientError(`server "${server}": write it without a path: ${url.origin}`);
  }
  return url;
}

const withoutPassword = (text: string): string => text.replace(/\/\/[^/]*@/, '//…@');
