import { describe, expect, it } from 'vitest';
import { nodesWords } from '../../../src/lib/command.ts';

const said = (stderr: string, stdout = ''): string => nodesWords({ exitCode: 5, stdout, stderr });

describe("the node's own words", () => {
  it('are its stderr, else its stdout, else the exit code', () => {
    expect(said(' no such thing\n', 'out')).toBe('no such thing');
    expect(said('', 'out\n')).toBe('out');
    expect(said('\n', ' ')).toBe('exit code 5 and no output');
  });

  it('leave out warnings where something else is wrong', () => {
    const words = '  WARNING: no spare.\n  Volume group "vg" has no room.\n  WARNING: not backed up.\n';
    expect(said(words)).toBe('Volume group "vg" has no room.');
    expect(said('WARNING: only this\n')).toBe('WARNING: only this');
  });

  it('are bounded', () => {
    expect(said('x'.repeat(5000))).toHaveLength(2002);
  });
});
