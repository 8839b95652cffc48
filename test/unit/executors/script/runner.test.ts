import { describe, expect, it } from 'vitest';
import {
  addHeader,
  runnerArgv,
  runnerCommandLine,
  runnerText,
} from '../../../../src/executors/script/runner.ts';

describe('the command line that starts the runner', () => {
  it('is the same for every batch', () => {
    expect(runnerCommandLine(false)).toBe(
      `exec /bin/bash --noprofile --norc -p -c 'export LC_ALL=C; IFS= read -r -N 20 size && IFS= read -r -N "\${size#mortar}" script && eval "$script"' mortar`,
    );
    expect(runnerCommandLine(true)).toBe(runnerCommandLine(false).replace('exec ', 'exec sudo -n -- '));
  });

  it('means the same to every login shell', () => {
    // csh reads `!` inside single quotes, fish reads backslashes.
    expect(runnerCommandLine(true)).not.toMatch(/[!\\]/);
    expect(runnerCommandLine(true).split("'")).toHaveLength(3);
  });

  it('starts what runs on this host, too', () => {
    expect(runnerArgv(true)).toEqual(['sudo', '-n', '--', ...runnerArgv(false)]);
  });
});

describe('the runner', () => {
  it('travels without its comments', () => {
    expect(runnerText).toContain('\nmain() {\n');
    expect(runnerText).not.toMatch(/^ *#/m);
  });

  it('travels behind its length in bytes', () => {
    expect(addHeader('echo ü').toString()).toBe('mortar00000000000007echo ü');
  });
});
