import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  fingerprint,
  hostKeyType,
  judgeHostKey,
  knownHostLine,
  orderHostKeyAlgorithms,
  parseKnownHosts,
} from '../../../../src/executors/ssh/known-hosts.ts';

/** A public key in SSH's wire form: its type, then what makes it different from others. */
function makeKey(type: string, seed: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(seed)]);
}

const key = makeKey('ssh-ed25519', 'one');
const other = makeKey('ssh-ed25519', 'two');
const rsa = makeKey('ssh-rsa', 'one');
const line = (names: string, of = key, marker = ''): string =>
  `${marker}${names} ${hostKeyType(of)} ${of.toString('base64')} root@node comment`;
const hashed = (name: string): string => {
  const salt = Buffer.from('12345678901234567890');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const judge = (text: string, address: string, port = 22, shown = key) =>
  judgeHostKey(parseKnownHosts(text, 'known'), { address, port }, shown);

describe('known_hosts', () => {
  it.each([
    ['a name', line('node1'), 'node1', 22],
    ['a name in other letters', line('Node1.Example'), 'NODE1.example', 22],
    ['one of several names', line('a,node1,10.0.0.1'), '10.0.0.1', 22],
    ['a name with a port', line('[node1]:2222'), 'node1', 2222],
    ['a name without the port', line('node1'), 'node1', 2222],
    ['an IPv6 address', line('fd00::1'), 'fd00::1', 22],
    ['an IPv6 address with a port', line('[fd00::1]:2222'), 'fd00::1', 2222],
    ['a pattern with *', line('*.example'), 'node1.example', 22],
    ['a pattern with ?', line('node?'), 'node1', 22],
    ['a pattern for ports', line('[node*]:22*'), 'node7', 2222],
    ['a pattern but for another name', line('!node2,node*'), 'node1', 22],
    ['a hashed name', line(hashed('node1')), 'node1', 22],
    ['a hashed name with a port', line(hashed('[node1]:2222')), 'node1', 2222],
    [
      'a line after a strange one',
      `what\n@who node1 x y\n# ${line('x')}\n\n \t${line('node1')}\r\n`,
      'node1',
      22,
    ],
  ])('knows a host by %s', (_, text, address, port) => {
    expect(judge(text, address, port)).toEqual({ kind: 'known' });
  });

  it.each([
    ['its name is another', line('node2'), 'node1', 22],
    ['its name is longer', line('node'), 'node1', 22],
    ['a dot is only a dot', line('node.1'), 'nodex1', 22],
    ['brackets are only brackets', line('[node1]'), 'n', 22],
    ['its port is another', line('[node1]:2222'), 'node1', 2223],
    ['its port is the usual one', line('[node1]:2222'), 'node1', 22],
    ['it is left out', line('node*,!node1'), 'node1', 22],
    ['the hash is of another name', line(hashed('node2')), 'node1', 22],
    ['the hash is of another kind', line('|2|x|y'), 'node1', 22],
    ['the line is a comment', `#${line('node1')}`, 'node1', 22],
    ['the marker is unknown', line('node1', key, '@new '), 'node1', 22],
    ['there is nothing', '', 'node1', 22],
    ['only another port of it has another key', line('node1', other), 'node1', 2222],
  ])('does not know a host when %s', (_, text, address, port) => {
    expect(judge(text, address, port)).toEqual({ kind: 'unknown', authority: undefined });
  });

  it('knows each of several keys of a host', () => {
    const text = [line('node1', rsa), line('node1', other), line('node1')].join('\n');
    for (const shown of [key, other, rsa]) expect(judge(text, 'node1', 22, shown)).toEqual({ kind: 'known' });
  });

  it('names the line of the key that changed, the one of the same type first', () => {
    const text = ['# comment', line('node1', rsa), line('node1', other)].join('\n');
    expect(judge(text, 'node1')).toMatchObject({ kind: 'changed', line: { file: 'known', lineNumber: 3 } });
    expect(judge(line('node1', rsa), 'node1')).toMatchObject({ kind: 'changed', line: { lineNumber: 1 } });
  });

  it('refuses what is revoked, even if it is known', () => {
    const text = [line('node1'), line('*', key, '@revoked ')].join('\n');
    expect(judge(text, 'node1')).toMatchObject({ kind: 'revoked', line: { lineNumber: 2 } });
    expect(judge(text, 'node1', 2222)).toMatchObject({ kind: 'revoked' });
    expect(judge([line('node1', other), line('*', key, '@revoked ')].join('\n'), 'node1', 22, other)).toEqual(
      {
        kind: 'known',
      },
    );
  });

  it('does not take the key of an authority for that of a host, and names its line', () => {
    const text = line('*', key, '@cert-authority ');
    expect(judge(text, 'node1')).toMatchObject({ kind: 'unknown', authority: { lineNumber: 1 } });
  });
});

describe('a host key', () => {
  it('is asked for in the types that are on record first', () => {
    const order = (text: string, port = 22) =>
      orderHostKeyAlgorithms(parseKnownHosts(text, 'known'), { address: 'node1', port });
    expect(order('')[0]).toBe('ssh-ed25519');
    expect(order(line('node1', rsa)).slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']);
    expect(order(line('node1', rsa), 2222)[0]).toBe('rsa-sha2-512');
    expect(order(line('node1', makeKey('ecdsa-sha2-nistp384', 'x')))[0]).toBe('ecdsa-sha2-nistp384');
    expect(order(line('node2', rsa))[0]).toBe('ssh-ed25519');
    expect(order(line('node1', rsa, '@revoked '))[0]).toBe('ssh-ed25519');
    expect(order('')).not.toContain('ssh-rsa');
  });

  it('has a fingerprint as OpenSSH shows it', () => {
    const known = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
    // github.com's, as published.
    expect(fingerprint(Buffer.from(known, 'base64'))).toBe(
      'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    );
  });

  it('is put on record by a line that is then known', () => {
    for (const [address, port] of [
      ['Node1', 22],
      ['node1', 2222],
      ['fd00::1', 2222],
      ['fd00::1', 22],
    ] as const) {
      expect(judge(knownHostLine(address, port, key), address, port)).toEqual({ kind: 'known' });
    }
  });
});
