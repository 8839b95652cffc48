import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../src/executors/executor.ts';
import { BatchReport } from '../../../../src/executors/script/batch-report.ts';
import type { Frame } from '../../../../src/executors/script/frame-parser.ts';

const commands: Command[] = [
  { label: 'a', argv: ['a'], maxOutputBytes: 4 },
  { label: 'b', argv: ['b'], optional: true },
  { label: 'c', argv: ['c'] },
];
const out = (text: string): Frame => ({ kind: 'output', stream: 'out', data: Buffer.from(text) });
const ran = (index: number, verdict: 'ok' | 'failed' | 'skipped' | 'flood', exitCode = 0): Frame => ({
  kind: 'ran',
  index,
  verdict,
  exitCode,
});
const end = (reason: 'done' | 'failed' | 'deadline'): Frame => ({ kind: 'end', reason });
const take = (...frames: readonly Frame[]): BatchReport => {
  const report = new BatchReport(commands);
  for (const frame of frames) report.take(frame);
  return report;
};

describe('the report of a batch', () => {
  it('makes results of what the node says', () => {
    const report = take(
      { kind: 'hello' },
      out('ab'),
      out('c\n'),
      ran(0, 'ok'),
      ran(1, 'failed', 3),
      ran(2, 'skipped'),
    );
    expect(report.results).toEqual([
      { label: 'a', status: 'ok', exitCode: 0, stdout: 'abc\n', stderr: '' },
      { label: 'b', status: 'failed', exitCode: 3, stdout: '', stderr: '' },
      { label: 'c', status: 'skipped', exitCode: 0, stdout: '', stderr: '' },
    ]);
    report.take(end('done'));
    expect(report).toMatchObject({ greeted: true, locked: false, end: 'done', failure: undefined });
  });

  it('knows what is running', () => {
    expect(take().current?.label).toBe('a');
    expect(take(ran(0, 'ok')).current?.label).toBe('b');
    expect(take(ran(0, 'ok'), ran(1, 'ok'), ran(2, 'ok')).current).toBeUndefined();
  });

  it('keeps the failure that stopped the batch apart from the results', () => {
    const report = take(out('no'), ran(0, 'failed', 5), end('failed'));
    expect(report.results).toEqual([]);
    expect(report.failure).toMatchObject({ label: 'a', exitCode: 5, stdout: 'no' });
  });

  it.each<[string, Frame[]]>([
    ['a result out of turn', [ran(1, 'ok')]],
    ['a result twice', [ran(0, 'ok'), ran(0, 'ok')]],
    ['a result too many', [ran(0, 'ok'), ran(1, 'ok'), ran(2, 'ok'), out('x')]],
    ['a result after the failure', [ran(0, 'failed', 1), ran(1, 'ok')]],
    ['a success too early', [ran(0, 'ok'), end('done')]],
    ['a failure without one', [end('failed')]],
    ['a failure and another end', [ran(0, 'failed', 1), end('done')]],
    ['more output than is kept', [out('abcde')]],
  ])('cannot be read with %s', (_, frames) => {
    expect(() => take(...frames)).toThrow(expect.objectContaining({ code: 'node.strange_answer' }));
  });
});
