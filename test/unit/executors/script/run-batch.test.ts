import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandResult, RunOptions } from '../../../../src/executors/executor.ts';
import type { ChannelEnd } from '../../../../src/executors/script/batch-channel.ts';
import { type PreparedBatch, prepareBatch, runBatch } from '../../../../src/executors/script/run-batch.ts';
import { forOwnShell } from '../../../../src/executors/script/runner.ts';

/** A channel whose other end is the test. */
class Wire {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly errors = new PassThrough();
  close: (end: ChannelEnd) => void = () => {};
  readonly closed = new Promise<ChannelEnd>((resolve) => {
    this.close = resolve;
  });
  dropped = false;

  drop(): void {
    this.dropped = true;
  }

  /** What the manager has said after the batch itself. */
  heard(batch: PreparedBatch): string {
    const chunks: Buffer[] = [];
    // One read gives all that is buffered, or one chunk only: that depends on the Node version.
    for (let chunk = this.input.read(); chunk !== null; chunk = this.input.read())
      chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString().slice(forOwnShell(batch.script).length);
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a batch on its way', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const start = (options: Partial<RunOptions> = {}) => {
    const wire = new Wire();
    const batch = prepareBatch({
      host: { nodeId: 'n1', address: 'node1' },
      commands: [
        { label: 'one', argv: ['true'] },
        { label: 'two', argv: ['true'] },
      ],
      options: { timeoutMs: 60_000, ...options },
      sudo: false,
    });
    const outcome: Promise<unknown> = runBatch(wire, batch).catch((error: unknown) => error);
    const say = async (...lines: readonly string[]): Promise<void> => {
      for (const line of lines) wire.output.write(`${batch.nonce} ${line}\n`);
      await settle();
    };
    return { wire, batch, outcome, say };
  };

  it('answers with the results', async () => {
    const results: CommandResult[] = [];
    const { wire, outcome, say } = start({ onResult: (result) => results.push(result) });
    await say('hello', 'ran 0 ok 0');
    expect(results).toHaveLength(1);
    await say('ran 1 skipped 0', 'end done');
    expect(await outcome).toEqual(results);
    expect(vi.getTimerCount()).toBe(0);
    expect(wire.input.writableEnded).toBe(true);
    wire.close({ exitCode: 0 });
  });

  it('tells the node every 15 s that the manager is alive', async () => {
    const { wire, batch, outcome, say } = start();
    await say('hello');
    await vi.advanceTimersByTimeAsync(46_000);
    expect(wire.heard(batch)).toBe('beat\nbeat\nbeat\n');
    await say('ran 0 failed 1', 'end failed');
    expect(await outcome).toMatchObject({ code: 'node.command_failed' });
  });

  it('waits 15 s more than its time for the node to end it', async () => {
    const { wire, outcome, say } = start();
    await say('hello', 'ran 0 ok 0');
    await vi.advanceTimersByTimeAsync(74_999);
    expect(wire.dropped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(wire.dropped).toBe(true);
    expect(await outcome).toMatchObject({
      code: 'node.command_timeout',
      message:
        'node1: two: did not end within the 60 s of its batch and the node does not say that it was ended',
    });
  });

  it('that the node has never answered counts as lost', async () => {
    const { wire, outcome } = start();
    await vi.advanceTimersByTimeAsync(75_000);
    expect(wire.dropped).toBe(true);
    expect(await outcome).toMatchObject({
      code: 'node.connection_lost',
      message: 'node1: the connection was lost during "one": the node did not answer',
    });
  });

  it('that is called off waits for the node, but not for ever', async () => {
    const controller = new AbortController();
    const { wire, batch, outcome, say } = start({ signal: controller.signal });
    await say('hello');
    controller.abort(new Error('enough'));
    expect(wire.heard(batch)).toBe('cancel\n');
    await vi.advanceTimersByTimeAsync(14_999);
    expect(wire.dropped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(wire.dropped).toBe(true);
    expect(await outcome).toMatchObject({ code: 'node.aborted', message: 'node1: one: called off' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that ended before the node heard that it was called off tells what it did', async () => {
    const controller = new AbortController();
    const { outcome, say } = start({ signal: controller.signal });
    await say('hello', 'ran 0 ok 0', 'ran 1 ok 0');
    controller.abort();
    await say('end done');
    expect(await outcome).toHaveLength(2);
  });

  it('is called off when the connection closes after that, too', async () => {
    const controller = new AbortController();
    const { wire, outcome, say } = start({ signal: controller.signal });
    await say('hello');
    controller.abort();
    wire.close({ lost: 'reset' });
    expect(await outcome).toMatchObject({ code: 'node.aborted' });
  });

  it('with words that are no frames is dropped, so that the node ends it', async () => {
    const { wire, outcome, say } = start();
    await say('hello');
    wire.output.write('Segmentation fault\n');
    await settle();
    expect(wire.dropped).toBe(true);
    expect(await outcome).toMatchObject({
      code: 'node.strange_answer',
      message: 'node1: the answer cannot be read (no frame): "Segmentation fault"',
    });
  });
});
