import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referencePath, renderConfigReference } from '../../../scripts/generate-config-reference.ts';
import { keyInfos } from '../../../src/config/schema.ts';
import { checkBare, loadBare } from './support.ts';

const examplePath = join(import.meta.dirname, '../../../deploy/mortar.example.yaml');
const example = readFileSync(examplePath, 'utf8');
const files = {
  '/etc/mortar/admin.key': 'a',
  '/etc/mortar/user.key': 'b',
  '/etc/mortar/id_ed25519': 'private',
  '/etc/mortar/id_ed25519.passphrase': 'c',
  '/etc/mortar/known_hosts': 'keys',
  '/etc/mortar/tls.crt': 'cert',
  '/etc/mortar/tls.key': 'key',
};

describe('the reference page', () => {
  it('is current; if not: npx tsx scripts/generate-config-reference.ts', () => {
    expect(readFileSync(referencePath, 'utf8')).toBe(renderConfigReference());
  });

  it('names every key and every variable', () => {
    const page = renderConfigReference();
    for (const { path, variable, key } of keyInfos.values()) {
      expect(page).toContain(`**\`${path}\`**`);
      expect(page).toContain(`\`${variable}\``);
      for (const { name } of key.heketi ?? []) expect(page).toContain(`\`${name}\``);
    }
  });
});

describe('the example file', () => {
  it('loads without faults and warnings', () => {
    const { config, warnings } = loadBare({ file: example, files });
    expect(warnings).toEqual([]);
    expect(config.listen).toEqual({ host: undefined, port: 8080 });
  });

  it('loads without faults when every key in comments is taken in, too', () => {
    const whole = example.replaceAll(/^#(?! \S)/gm, '');
    const { faults, loaded } = checkBare({ file: whole, files, env: { SSH_AUTH_SOCK: '/run/agent' } });
    expect(faults).toEqual([]);
    expect(loaded?.config.ssh.jump?.host).toBe('bastion.example.com');
    expect(loaded?.config.xfs.stripe).toEqual({ unitKib: 128, width: 10 });
  });

  it('shows the defaults in its comments', () => {
    const whole = example.replaceAll(/^#(?! \S)/gm, '');
    const { loaded } = checkBare({ file: whole, files });
    const shown = new Set([
      'tls.',
      'ssh.key',
      'ssh.jump.',
      'ssh.known',
      'xfs.',
      'auth.',
      'listen',
      'database.path',
    ]);
    for (const { info, value, candidate } of loaded?.settings.values() ?? []) {
      if (candidate.source.kind !== 'file' || [...shown].some((prefix) => info.path.startsWith(prefix)))
        continue;
      expect({ [info.path]: value }).toEqual({ [info.path]: info.key.default });
    }
  });
});
