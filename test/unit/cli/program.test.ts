import { describe, expect, it } from 'vitest';
import { ExitError } from '../../../src/cli/exit-error.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { TransportError } from '../../../src/client/client-error.ts';
import { AppError } from '../../../src/errors.ts';
import { jsonAnswer, textAnswer } from '../client/support.ts';
import { mortar, withoutColours } from './support.ts';

const noClusters = { 'GET /clusters': jsonAnswer({ clusters: [] }) };

describe('the program', () => {
  it('shows its help on stderr when it is called alone, and that is no error', async () => {
    const { code, stdout, stderr } = await mortar([]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('Usage: mortar [flags] <command>');
  });

  it.each([[['--help']], [['-h']], [['help']]])('shows its help on stdout for %j', async (words) => {
    const { code, stdout, stderr } = await mortar(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: mortar [flags] <command>');
  });

  it.each([[['volume']], [['volume', 'nonsense']], [['volume', '--json']], [['volume', 'endpoint']]])(
    'shows the help of the group on stdout for %j',
    async (words) => {
      const { code, stdout, stderr } = await mortar(words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Usage: mortar volume ');
    },
  );

  it.each([
    [['volume', 'create', '--help']],
    [['--help', 'volume', 'create']],
    [['help', 'volume', 'create']],
  ])('shows the help of the command on stdout for %j', async (words) => {
    const { code, stdout } = await mortar(words);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: mortar volume create');
    expect(stdout).toContain('--server <url>');
    expect(stdout).not.toContain('--version');
  });

  it.each([[['--version']], [['-v']]])('says its version for %j', async (words) => {
    expect(await mortar(words)).toMatchObject({ code: 0, stdout: 'mortar 1.2.3\n', stderr: '' });
  });

  it.each([
    [['nonsense'], 'unknown command "nonsense" for "mortar"\nRun \'mortar --help\' for usage.'],
    [['--json', 'nonsense'], 'unknown command "nonsense" for "mortar"\nRun \'mortar --help\' for usage.'],
    [
      ['volum', 'list'],
      'unknown command "volum" for "mortar"\n\nDid you mean this?\n\tvolume\n\nRun \'mortar --help\' for usage.',
    ],
    [['--nonsense'], 'unknown flag: --nonsense'],
    [['volume', 'list', '--nonsense=1'], 'unknown flag: --nonsense'],
    [['volume', '--nonsense'], 'unknown flag: --nonsense'],
    [['volume', 'list', '-x'], "unknown shorthand flag: 'x' in -x"],
    [['volume', 'list', '-v'], "unknown shorthand flag: 'v' in -v"],
    [['cluster', 'list', '--server'], 'flag needs an argument: --server'],
    [['cluster', 'list', '-s'], "flag needs an argument: 's' in -s"],
    [
      ['cluster', 'list', '-I=maybe'],
      'invalid argument "maybe" for "-I, --insecure-tls" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
  ])('%j fails as in heketi-cli, without usage', async (words, message) => {
    expect(await mortar(words, noClusters)).toMatchObject({
      code: 255,
      stdout: '',
      stderr: `Error: ${message}\n`,
    });
  });

  it('tells a person about an unknown word in a group', async () => {
    const { stderr, code } = await mortar(['volume', 'lst'], {}, { isTTY: true });
    expect(stderr).toContain('"volume" has no command "lst".');
    expect(code).toBe(0);
  });

  it('can be called by another name', async () => {
    const { stderr } = await mortar(['nonsense'], {}, { around: { name: 'heketi-cli' } });
    expect(stderr).toBe(
      'Error: unknown command "nonsense" for "heketi-cli"\nRun \'heketi-cli --help\' for usage.\n',
    );
  });

  it('passes over surplus arguments', async () => {
    expect(await mortar(['cluster', 'list', 'one', 'two'], noClusters)).toMatchObject({
      code: 0,
      stdout: 'Clusters:\n',
    });
  });
});

describe('commands that are added from elsewhere', () => {
  const run = async (words: readonly string[], act: (flags: unknown) => void) => {
    let stderr = '';
    const output = { write: (text: string) => (stderr += text) };
    const program = createProgram({ stdout: output, stderr: output });
    const group = program.command('config');
    group.command('check').option('--config <file>', 'a file').option('--show', 'all').action(act);
    program
      .command('serve')
      .requiredOption('--config <file>', 'a file')
      .action(() => undefined);
    return { code: await program.run(words), stderr };
  };

  it('have their flags read like all others', async () => {
    let flags: unknown;
    await run(['config', 'check', '--show', '--config', 'a.yaml'], (given) => (flags = given));
    expect(flags).toEqual({ config: 'a.yaml', show: true });
  });

  it('end with the exit code that they throw, or 255', async () => {
    const thrown = [
      new ExitError(3, 'three'),
      new ExitError(2),
      new AppError('config.invalid', 'listen: wrong'),
    ];
    const outcomes = await Promise.all(
      thrown.map((error) =>
        run(['config', 'check'], () => {
          throw error;
        }),
      ),
    );
    expect(outcomes).toEqual([
      { code: 3, stderr: 'Error: three\n' },
      { code: 2, stderr: '' },
      { code: 255, stderr: 'Error: listen: wrong\n' },
    ]);
  });

  it('may require flags', async () => {
    expect(await run(['serve'], () => undefined)).toEqual({
      code: 255,
      stderr: "Error: required option '--config <file>' not specified\n",
    });
  });

  it('show their help', async () => {
    expect((await run(['config'], () => undefined)).stderr).toContain('check');
  });
});

describe('failures', () => {
  it('are shown to a person with a hint', async () => {
    const refused = new TransportError('Get "http://x": connection refused', 'ECONNREFUSED');
    const { stderr } = await mortar(['cluster', 'list'], { 'GET /clusters': refused }, { isTTY: true });
    expect(withoutColours(stderr)).toBe(
      'Error: Get "http://x": connection refused\nDoes the server run, and there? Its address: --server, or MORTAR_SERVER.\n',
    );
  });

  it.each([
    [
      { code: 'placement.no_room' },
      'The same flags with "volume plan" show every device and what would help.',
    ],
    [{ code: 'object.in_use', remedy: 'Wait for the operation.' }, 'Wait for the operation.'],
  ])('are shown to a person with what the server knows to help: %j', async (problem, hint) => {
    const body = JSON.stringify({ detail: 'refused', ...problem });
    const headers = { 'content-type': 'application/problem+json' };
    const routes = { 'GET /clusters': { status: 500, headers, body } };
    const { stderr } = await mortar(['cluster', 'list'], routes, { isTTY: true });
    expect(withoutColours(stderr)).toBe(`Error: refused\n${hint}\n`);
  });

  it('have no hint in scripts', async () => {
    const routes = { 'GET /clusters': textAnswer(401, 'Administrator access required') };
    expect((await mortar(['cluster', 'list'], routes)).stderr).toBe('Error: Administrator access required\n');
  });

  it('are no business of a reader that went away', async () => {
    const listeners: ((error: Error) => void)[] = [];
    const on = (_: 'error', listener: (error: Error) => void) => listeners.push(listener);
    const stdout = { write: () => true, isTTY: false, on };
    await mortar(['cluster', 'list'], noClusters, { around: { stdout } });
    expect(listeners).toHaveLength(1);
  });
});

describe('a server with simulated nodes', () => {
  const routes = {
    'GET /clusters': { ...jsonAnswer({ clusters: [] }), headers: { 'x-mortar-simulated': 'true' } },
  };

  it('is pointed out to a person', async () => {
    const { stderr } = await mortar(['cluster', 'list'], routes, { isTTY: true });
    expect(stderr).toContain('simulated');
  });

  it('leaves the output of scripts alone', async () => {
    expect(await mortar(['cluster', 'list'], routes)).toMatchObject({ stdout: 'Clusters:\n', stderr: '' });
  });
});

describe('colours', () => {
  const list = {
    'GET /clusters': jsonAnswer({ clusters: ['a'] }),
    'GET /clusters/a': jsonAnswer({ id: 'a' }),
  };

  it('are there for a person', async () => {
    expect((await mortar(['cluster', 'list'], list, { isTTY: true })).stdout).toContain('\u001B[');
  });

  it('are left out when NO_COLOR is set', async () => {
    const { stdout } = await mortar(['cluster', 'list'], list, { isTTY: true, env: { NO_COLOR: '1' } });
    expect(stdout).not.toContain('\u001B[');
  });
});
