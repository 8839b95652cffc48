import { describe, expect, it } from 'vitest';
import type { OperationEvent } from '../../../src/client/watch.ts';
import { type Answer, jsonAnswer, refused, scripted, textAnswer } from './support.ts';

const operation = {
  id: '0a',
  kind: 'create-volume',
  state: 'done',
  target: { kind: 'volume', id: 'aa' },
  finished: '2026-11-21T06:00:00.000Z',
};
const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ operationId: '0a', atMs: 5, type, ...fields })}\n\n`;
const running = event('state', { state: 'running' });
const stage = event('stage', { stage: 1, stageCount: 4 });
const end = `event: end\ndata: ${JSON.stringify(operation)}\n\n`;
const stream = (body: string): Answer => ({ status: 200, body });

async function watch(script: Parameters<typeof scripted>[0]) {
  const { client, transport, clock } = scripted(script);
  const events: OperationEvent[] = [];
  const ended = await client.operations.watch('0a', (happened) => events.push(happened));
  return { ended, types: events.map(({ type }) => type), transport, clock };
}

describe('watching an operation', () => {
  it('tells what happened and ends with the operation', async () => {
    const { ended, types } = await watch([stream(`: events\n\n${running}${stage}${end}`)]);
    expect(types).toEqual(['state', 'stage']);
    expect(ended).toMatchObject({ id: '0a', state: 'done' });
  });

  it('goes on after a break and tells each event once', async () => {
    const unfinished = { ...operation, state: 'running', finished: null };
    const { types, transport } = await watch([
      stream(running),
      jsonAnswer(unfinished),
      refused(),
      stream(`${running}${stage}${end}`),
    ]);
    expect(types).toEqual(['state', 'stage']);
    expect(transport.asked).toEqual([
      'GET /operations/0a/events',
      'GET /operations/0a',
      'GET /operations/0a/events',
      'GET /operations/0a/events',
    ]);
  });

  it('notices that it ended while the connection was broken', async () => {
    const { ended } = await watch([stream(running), jsonAnswer(operation)]);
    expect(ended.state).toBe('done');
  });

  it('passes over kinds of events that it does not know', async () => {
    const { types } = await watch([stream(`${event('weather', {})}${end}`)]);
    expect(types).toEqual([]);
  });

  it('fails for an operation that is not there', async () => {
    await expect(watch([textAnswer(404, 'Id not found: 0a')])).rejects.toThrow('Id not found: 0a');
  });

  it('gives up on a server that always breaks off', async () => {
    const unfinished = jsonAnswer({ ...operation, state: 'running', finished: null });
    const script = Array.from({ length: 20 }, () => [stream(''), unfinished]).flat();
    await expect(watch(script)).rejects.toThrow('again and again');
  });
});
