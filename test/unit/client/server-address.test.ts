import { describe, expect, it } from 'vitest';
import { readServerAddress } from '../../../src/client/server-address.ts';

describe('the address of a server', () => {
  it.each([
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
  ])('may be %s', (server, origin) => {
    expect(readServerAddress(server).origin).toBe(origin);
  });

  it.each(['localhost:8080', '', 'ftp://host', 'host'])('must not be %j; an example is given', (server) => {
    expect(() => readServerAddress(server)).toThrow('write an address such as http://localhost:8080');
  });

  it('has no path, since tokens are bound to paths', () => {
    expect(() => readServerAddress('http://host:8080/mortar')).toThrow('without a path: http://host:8080');
  });

  it('has no password in it, and does not show one', () => {
    for (const server of ['http://admin:hunter2@host', 'admin://admin:hunter2@host']) {
      expect(() => readServerAddress(server)).toThrow(/^(?!.*hunter2)/);
    }
  });
});
