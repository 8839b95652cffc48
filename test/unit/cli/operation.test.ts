import { describe, expect, it } from 'vitest';
import { jsonAnswer, textAnswer } from '../client/support.ts';
import { mortar, type Routes, withoutColours } from './support.ts';

const operation = {
  id: '0a',
  kind: 'create-volume',
  state: 'running',
  cluster: 'c1',
  target: { kind: 'volume', id: 'v1' },
  position: 2,
  attempt: 1,
  stage: 1,
  stage_count: 4,
  cancellable: true,
  waiting: { reason: 'gl2 does not answer', next_try: null, tries: 3 },
  error: null,
  warnings: ['a little slow'],
  result: null,
  created: '2026-11-21T06:00:00.000Z',
  started: '2026-11-21T06:00:01.000Z',
  finished: null,
  steps: [
    {
      attempt: 1,
      stage: 0,
      action: 'make',
      title: 'make the bricks',
      node: 'n1',
      state: 'done',
      error: null,
    },
  ],
};

describe('operation list', () => {
  const routes: Routes = { 'GET /operations/history?limit=50': jsonAnswer({ operations: [operation] }) };

  it('prints a line for each in columns', async () => {
    const { stdout } = await mortar(['operation', 'list'], routes);
    expect(stdout).toBe(
      `Operation  Kind           State    Target     Taken in                  Ended
0a         create-volume  running  volume v1  2026-11-21T06:00:00.000Z
`,
    );
  });

  it('asks for as many as are wanted', async () => {
    const { server } = await mortar(['operation', 'list', '--limit', '3'], {});
    expect(server.asked).toEqual(['GET /operations/history?limit=3']);
  });

  it('prints JSON', async () => {
    const { stdout } = await mortar(['operation', 'list', '--json'], routes);
    expect(JSON.parse(stdout)).toMatchObject({ operations: [{ id: '0a', position: 2 }] });
  });
});

describe('operation info', () => {
  it('prints what it is, what it waits for and its steps', async () => {
    const { stdout } = await mortar(['operation', 'info', '0a'], {
      'GET /operations/0a': jsonAnswer(operation),
    });
    expect(stdout).toBe(
      `Operation         0a
Kind              create-volume
State             running
Target            volume v1
Cluster           c1
Position          2 in the queue
Stage             2 of 4
Attempt           1
Waiting           gl2 does not answer (tried 3 times)
Warning           a little slow
Can be cancelled  yes
Taken in          2026-11-21T06:00:00.000Z
Began             2026-11-21T06:00:01.000Z

Stage  Step             Node  State  Error
1      make the bricks  n1    done
`,
    );
  });

  it.each(['info', 'watch', 'cancel', 'resume'])('%s needs an id', async (name) => {
    expect((await mortar(['operation', name])).stderr).toBe('Error: Operation id missing\n');
  });
});

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ operationId: '0a', atMs: 3_661_000, type, ...fields })}\n\n`;

const stream = (end: object): Routes => ({
  'GET /operations/0a/events': {
    status: 200,
    body: [
      event('state', { state: 'running' }),
      event('stage', { stage: 0, stageCount: 2 }),
      event('step', { action: 'make', title: 'make the bricks', nodeId: 'n1', state: 'running' }),
      event('command', { nodeId: 'n1', label: 'lvcreate', status: 'ok', output: '' }),
      event('command', { nodeId: 'n1', label: 'mount', status: 'failed (32)', output: 'no such device\n' }),
      event('waiting', { reason: 'n1 does not answer', untilMs: 0 }),
      event('step', { action: 'make', title: 'make the bricks', nodeId: 'n1', state: 'done' }),
      event('step', { action: 'undo', title: 'undo', nodeId: 'gone', state: 'failed', message: 'oh' }),
      `event: end\ndata: ${JSON.stringify({ ...operation, finished: 'x', ...end })}\n\n`,
    ].join(''),
  },
  'GET /nodes/n1': jsonAnswer({ state: 'online', hostnames: { manage: ['gl1'] } }),
});

describe('operation watch', () => {
  it('prints a line for what happens, with the names of nodes', async () => {
    const { stdout, code } = await mortar(['operation', 'watch', '0a'], stream({ state: 'done' }));
    expect(stdout).toBe(
      `01:01:01  running
01:01:01  stage 1 of 2
01:01:01  mount · gl1: failed (32): no such device
01:01:01  waiting: n1 does not answer
01:01:01  make the bricks · gl1: done
01:01:01  undo · gone: failed: oh
`,
    );
    expect(code).toBe(0);
  });

  it('exits 255 with the reason when the operation failed', async () => {
    const error = { code: 'placement.no_room', message: 'No space' };
    const trial = await mortar(['operation', 'watch', '0a'], stream({ state: 'undone', error }));
    expect(trial).toMatchObject({ code: 255, stderr: 'Error: No space\n' });
  });

  it('prints a line of JSON for each event and the operation at the end', async () => {
    const { stdout } = await mortar(['operation', 'watch', '0a', '--json'], stream({ state: 'done' }));
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ type: 'state', state: 'running' });
    expect(lines.at(-1)).toMatchObject({ id: '0a', state: 'done' });
  });

  it('ends with Ctrl-C, which leaves the operation alone', async () => {
    const interrupts: (() => void)[] = [];
    const around = {
      onInterrupt(listener: () => void) {
        interrupts.push(listener);
        return () => undefined;
      },
    };
    const routes: Routes = {
      'GET /operations/0a/events': () => {
        for (const interrupt of interrupts) interrupt();
        return { status: 200, body: '' };
      },
    };
    const { code, stderr } = await mortar(['operation', 'watch', '0a'], routes, { around });
    expect(code).toBe(130);
    expect(stderr).toContain('The operation 0a goes on.');
  });
});

describe('operation cancel and resume', () => {
  it.each([
    ['cancel', 'Operation 0a is called off\n'],
    ['resume', 'Operation 0a is trying again\n'],
  ])('%s says what it did', async (name, stdout) => {
    const routes = { [`POST /operations/0a/${name}`]: { status: 204 } };
    expect(await mortar(['operation', name, '0a'], routes)).toMatchObject({ code: 0, stdout });
  });

  it('fail in the words of the server', async () => {
    const routes = { 'POST /operations/0a/cancel': textAnswer(409, 'it can no longer be called off') };
    expect((await mortar(['operation', 'cancel', '0a'], routes)).stderr).toBe(
      'Error: it can no longer be called off\n',
    );
  });
});

describe('a person who looks at operations', () => {
  it('sees tables', async () => {
    const routes = { 'GET /operations/history?limit=50': jsonAnswer({ operations: [operation] }) };
    const { stdout } = await mortar(['operation', 'list'], routes, { isTTY: true });
    expect(withoutColours(stdout)).toMatch(/│ 0a +│ create-volume │ running │/);
  });
});
