import { describe, expect, it } from 'vitest';
import { acceptedAnswer, jsonAnswer, pendingAnswer, seeOtherAnswer } from '../client/support.ts';
import { volume } from './samples.ts';
import { mortar, type Routes, withoutColours } from './support.ts';

/** Ctrl-C as soon as the server is asked for `at`. */
function interruptAt(at: string, routes: Routes) {
  const listeners = new Set<() => void>();
  const around = {
    onInterrupt(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const answer = routes[at];
  const interrupting = () => {
    for (const listener of listeners) listener();
    return answer as ReturnType<typeof pendingAnswer>;
  };
  return { routes: { ...routes, [at]: interrupting }, around, listeners };
}

const create = ['volume', 'create', '--size=1'];
const pending: Routes = {
  'POST /volumes': acceptedAnswer('/queue/0a1b'),
  'GET /queue/0a1b': pendingAnswer(),
};

describe('Ctrl-C while an operation is awaited', () => {
  it('ends the wait with 130, and tells how to watch the operation and how to call it off', async () => {
    const { routes, around, listeners } = interruptAt('GET /queue/0a1b', pending);
    expect(await mortar(create, routes, { around })).toMatchObject({
      code: 130,
      stdout: '',
      stderr: `
Interrupted. The operation 0a1b goes on.
  watch it:     mortar operation watch 0a1b
  call it off:  mortar operation cancel 0a1b
`,
    });
    expect(listeners.size).toBe(0);
  });

  it('before the server has answered says where to look', async () => {
    const { routes, around } = interruptAt('POST /volumes', pending);
    const { stderr, code } = await mortar(create, routes, { around });
    expect(stderr).toContain('look whether it has begun with "mortar operation list"');
    expect(code).toBe(130);
  });
});

describe('progress', () => {
  const events = [
    { type: 'stage', stage: 0, stageCount: 3 },
    { type: 'step', action: 'make', title: 'make the bricks', nodeId: 'n1', state: 'running' },
  ];
  const routes: Routes = {
    ...pending,
    'GET /queue/0a1b': [...Array.from({ length: 20 }, () => pendingAnswer()), seeOtherAnswer('/volumes/v1')],
    'GET /volumes/v1': jsonAnswer(volume()),
    'GET /operations/0a1b/events': {
      status: 200,
      body: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
    },
    'GET /nodes/n1': jsonAnswer({ state: 'online', hostnames: { manage: ['gl1'] } }),
  };

  it('tells a script once why nothing happens', async () => {
    const waits = pendingAnswer({ 'x-mortar-waiting': 'node3 is away' });
    const { stderr, code } = await mortar(create, {
      ...routes,
      'GET /queue/0a1b': [waits, waits, pendingAnswer(), waits, seeOtherAnswer('/volumes/v1')],
    });
    expect({ stderr, code }).toEqual({ stderr: 'Waiting: node3 is away\n', code: 0 });
  });

  it('follows the steps of the operation, on stderr only', async () => {
    const { stdout, stderr, server } = await mortar(create, routes, { isTTY: true });
    expect(withoutColours(stderr)).toContain('Creating the volume');
    expect(withoutColours(stdout)).toMatch(/^Volume /);
    expect(server.asked).toContain('GET /operations/0a1b/events');
  });

  it.each([
    ['a script', create, { isTTY: false }],
    ['JSON', [...create, '--json'], { isTTY: true }],
    ['a terminal that can nothing', create, { isTTY: true, env: { TERM: 'dumb' } }],
  ])('is left out for %s', async (_, words, options) => {
    const { stderr, server } = await mortar(words, routes, options);
    expect(stderr).toBe('');
    expect(server.asked).not.toContain('GET /operations/0a1b/events');
  });
});
