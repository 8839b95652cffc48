import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../src/config-check.ts';
import { toAppError } from '../../src/errors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Checks a configuration with this certificate and key. @returns what is printed or refused. */
function check(folder: string, tls: { readonly cert: string; readonly key: string }, isJson = false): string {
  const file = join(folder, 'mortar.yaml');
  const lines = ['executor: simulated', 'auth:', '  enabled: false', 'tls:'];
  const files = [`  cert_file: ${tls.cert}`, `  key_file: ${tls.key}`];
  const database = ['database:', `  path: ${join(folder, 'mortar.db')}`];
  writeFileSync(file, [...lines, ...files, ...database, ''].join('\n'));
  let printed = '';
  try {
    checkConfiguration({ config: file }, { isShown: false, isJson }, { write: (text) => (printed += text) });
    return printed;
  } catch (thrown) {
    return printed + toAppError(thrown).message;
  }
}

function makePair(folder: string, name: string): { readonly cert: string; readonly key: string } {
  const pair = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...curve, '-subj', `/CN=${name}`, '-keyout', pair.key, '-out', pair.cert],
    { stdio: 'ignore' },
  );
  return pair;
}

describe('config check', () => {
  it('takes a certificate with its own key', () => {
    const folder = temporaryFolder();
    expect(check(folder, makePair(folder, 'one'))).toMatch(/The configuration has no faults\.\n$/);
  });

  it('says that the key is not the key of the certificate, with the line of the key', () => {
    const folder = temporaryFolder();
    const [one, other] = [makePair(folder, 'one'), makePair(folder, 'other')];
    const said = check(folder, { cert: one.cert, key: other.key });
    expect(said).toContain(`${join(folder, 'mortar.yaml')}:6: tls.key_file: ${other.key}: is not the key of`);
    expect(said).toContain(one.cert);
    const json = check(folder, { cert: one.cert, key: other.key }, true);
    expect(json).toContain('"key":"tls.key_file"');
    expect(json).toContain('the private key that belongs to it');
  });

  it('says of a certificate that it is none, and shows nothing of a key that was given in its place', () => {
    const folder = temporaryFolder();
    const { key } = makePair(folder, 'one');
    const said = check(folder, { cert: key, key });
    expect(said).toContain(`tls.cert_file: ${key}: no certificate in PEM`);
    expect(said).not.toContain('BEGIN');
  });
});
