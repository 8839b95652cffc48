import { describe, expect, it } from 'vitest';
import { ProgressLine } from '../../../src/cli/screen/progress-line.ts';
import type { OperationEvent } from '../../../src/client/watch.ts';

const base = { operationId: '0a', atMs: 0 };
const step = (
  nodeId: string | null,
  state: 'running' | 'done',
  title = 'make the bricks',
): OperationEvent => ({
  ...base,
  type: 'step',
  action: title,
  title,
  nodeId,
  state,
});
const line = (): ProgressLine =>
  new ProgressLine('Creating the volume', (id) => ({ n1: 'gl1', n2: 'gl2' })[id]);

function after(...events: OperationEvent[]): string {
  const progress = line();
  for (const event of events) progress.take(event);
  return progress.text;
}

describe('the line of progress', () => {
  it('begins with what is waited for', () => {
    expect(after()).toBe('Creating the volume …');
  });

  it('names the step and its nodes', () => {
    expect(after(step('n1', 'running'), step('n2', 'running'))).toBe(
      'Creating the volume: make the bricks · gl1, gl2 …',
    );
  });

  it('names a node by the beginning of its id as long as its name is not known', () => {
    expect(after(step('0123456789abcdef', 'running'))).toContain('· 01234567 …');
  });

  it('names four nodes at most', () => {
    const events = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => step(id, 'running'));
    expect(after(...events)).toContain('· a, b, c, d and 2 more …');
  });

  it('drops what is done and counts it, and tells the stage', () => {
    const stage: OperationEvent = { ...base, type: 'stage', stage: 1, stageCount: 4 };
    expect(after(stage, step('n1', 'running'), step('n2', 'running'), step('n1', 'done'))).toBe(
      'Creating the volume: make the bricks · gl2 (stage 2 of 4, 1 done) …',
    );
    expect(after(stage)).toBe('Creating the volume (stage 2 of 4) …');
  });

  it('names a step without a node', () => {
    expect(after(step(null, 'running', 'start the volume'))).toBe('Creating the volume: start the volume …');
  });

  it('tells what is in the way until something happens', () => {
    const waiting: OperationEvent = { ...base, type: 'waiting', reason: 'gl2 does not answer', untilMs: 0 };
    expect(after(waiting)).toBe('Creating the volume: waiting: gl2 does not answer …');
    expect(after(waiting, step('n2', 'running'))).toContain('make the bricks');
  });

  it('tells that it is being undone, and that it is stuck', () => {
    expect(after({ ...base, type: 'state', state: 'undoing' })).toBe('Creating the volume: undoing it …');
    expect(after({ ...base, type: 'state', state: 'stuck', message: 'gl2 is gone' })).toContain(
      'stuck: gl2 is gone',
    );
  });

  it('tells the place in the queue, and a busy server', () => {
    const progress = line();
    progress.pending({ position: 3, waiting: undefined });
    expect(progress.text).toBe('Creating the volume: number 3 in the queue …');
    progress.pending({ position: undefined, waiting: 'a node is away' });
    expect(progress.text).toContain('waiting: a node is away');
    progress.busy(11_200);
    expect(progress.text).toContain('the server is busy, trying again in 12 s');
    progress.pending({ position: undefined, waiting: undefined });
    expect(progress.text).toBe('Creating the volume …');
  });
});
