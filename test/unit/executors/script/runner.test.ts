import { describe, expect, it } from 'vitest';
import {
  addHeader,
  forKeptShell,
  keptRunnerCommandLine,
  runnerArgv,
  runnerText,
} from '../../../../src/executors/script/runner.ts';

describe('the command line that starts the runner', () => {
  it('is the same for every batch', () => {
    expect(keptRunnerCommandLine(false)).toBe(
      `exec /bin/bash --noprofile --norc -p -c 'export LC_ALL=C; while IFS= read -r -t 120 size; do case $size in mortar*) IFS= read -r -N "\${size#mortar}" script && eval "$script" || exit;; esac; done' mortar`,
    );
    expect(keptRunnerCommandLine(true)).toBe(
      keptRunnerCommandLine(false).replace('exec ', 'exec sudo -n -- '),
    );
  });

  it('means the same to every login shell', () => {
    // csh reads `!` inside single quotes, fish reads backslashes.
    expect(keptRunnerCommandLine(true)).not.toMatch(/[!\\]/);
    expect(keptRunnerCommandLine(true).split("'")).toHaveLength(3);
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

  it('is not told of a batch what would outlive it in a shell that is kept', () => {
    expect(forKeptShell('main\n').toString()).toBe('mortar9\n(\nmain\n)\n');
  });

  it('travels behind its length in bytes', () => {
    expect(addHeader('echo ü').toString()).toBe('mortar7\necho ü');
  });
});
