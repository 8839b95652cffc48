import { describe, expect, it } from 'vitest';
import { isPlaceholder } from '../../../src/config/placeholder.ts';
import { nearest } from '../../../src/config/suggest.ts';

describe('a suggestion', () => {
  it.each([
    ['listn', 'listen'],
    ['lisetn', 'listen'],
    ['LISTEN', 'listen'],
    ['lvm', 'lvm'],
    ['max_runing', 'max_running'],
  ])('for %s is %s', (word, meant) => {
    expect(nearest(word, ['log', 'listen', 'lvm', 'max_running'])).toBe(meant);
  });

  it.each(['', 'x', 'tls', 'listening_address', 'colour'])('for %j is none', (word) => {
    expect(nearest(word, ['log', 'listen', 'lvm'])).toBeUndefined();
  });
});

describe('a placeholder', () => {
  it.each([
    'path/to/private_key',
    '/path/to/crt.file',
    'My Secret',
    'Optional: ssh port.  Default is 22',
    'Max bricks per volume. Default 33',
    'Max brick size (default 4TB)',
    '${SSH_PORT}',
    '{{ heketi_admin_key }}',
    '<admin key>',
    'changeme',
    'CHANGE_ME',
    ' TODO ',
  ])('is seen: %s', (text) => {
    expect(isPlaceholder(text)).toBe(true);
    expect(isPlaceholder(['a', text])).toBe(true);
  });

  it.each([
    '/etc/heketi/key',
    'default',
    'group default',
    'adminkey',
    'user.note optional',
    'p<th>',
    8080,
    true,
    null,
  ])('is not seen in %j', (value) => {
    expect(isPlaceholder(value)).toBe(false);
  });
});
