import { Command, Option } from 'commander';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLine } from '../../../src/cli/arguments/read-line.ts';

function program(): Command {
  const root = new Command('mortar')
    .option('-s, --server <url>')
    .option('--json')
    .option('-I, --insecure-tls')
    .option('-v, --version');
  const volume = root.command('volume');
  volume
    .command('create')
    .option('--size <gib>')
    .option('--block', '', true)
    .addOption(new Option('--no-block').hideHelp());
  volume.command('rmtags').aliases(['deltags']).option('--all');
  root.command('topology').command('load').option('-j, --json <file>');
  return root;
}

const read = (...words: string[]): readonly string[] => readLine(program(), words).argv;

describe('a command line', () => {
  it('may have its flags anywhere', () => {
    const argv = ['volume', 'create', '--server=http://x', '--size=3', '--json', '--', 'a', 'b'];
    expect(read('volume', 'create', '-s', 'http://x', '--size', '3', '--json', 'a', 'b')).toEqual(argv);
    expect(read('-s=http://x', '--json', 'volume', '--size=3', 'create', 'a', 'b')).toEqual(argv);
    expect(read('volume', '-shttp://x', 'create', 'a', '--size', '3', 'b', '--json=t')).toEqual(argv);
  });

  it('means the same in any order of flags and arguments', () => {
    const flags = [['--size', '3'], ['-s', 'x'], ['--json'], ['-I']];
    const pieces = fc.shuffledSubarray([...flags, ['one']], { minLength: 5 });
    fc.assert(
      fc.property(pieces, (order) => {
        const { command, args, argv } = readLine(program(), ['volume', 'create', ...order.flat()]);
        expect(command.name()).toBe('create');
        expect(args).toEqual(['one']);
        expect([...argv].sort()).toEqual(
          ['volume', 'create', '--server=x', '--size=3', '--json', '--insecure-tls', '--', 'one'].sort(),
        );
      }),
    );
  });

  it('never changes a word that is an argument', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(readLine(program(), ['volume', 'create', '--', ...words]).args).toEqual(words);
      }),
    );
  });

  it('never changes the value of a flag', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(read('volume', 'create', `--size=${value}`)).toContain(`--size=${value}`);
        expect(read('volume', 'create', '--size', value)).toContain(`--size=${value}`);
      }),
    );
  });

  it('takes what looks like a flag for the value of the flag before it', () => {
    expect(read('volume', 'create', '--size', '--json')).toEqual(['volume', 'create', '--size=--json', '--']);
  });

  it('may join short flags', () => {
    expect(read('volume', 'create', '-Is', 'x')).toEqual([
      'volume',
      'create',
      '--server=x',
      '--insecure-tls',
      '--',
    ]);
  });

  it('may switch a flag off; the last word counts', () => {
    expect(read('volume', 'create', '--json', '--json=false')).toEqual(['volume', 'create', '--']);
    expect(read('volume', 'create', '--block=false')).toEqual(['volume', 'create', '--no-block', '--']);
    expect(read('volume', 'create', '--block=false', '--block')).toEqual([
      'volume',
      'create',
      '--block',
      '--',
    ]);
  });

  it('lets a command hide a flag of the program: --json of topology load takes a file', () => {
    expect(read('topology', 'load', '--json', 'a.json')).toEqual(['topology', 'load', '--json=a.json', '--']);
    expect(read('topology', '--json=a.json', 'load')).toEqual(['topology', 'load', '--json=a.json', '--']);
  });

  it('knows other names of a command', () => {
    expect(read('volume', 'deltags', 'x')).toEqual(['volume', 'rmtags', '--', 'x']);
  });

  it('leaves a word that no group knows to its group', () => {
    const { command, args } = readLine(program(), ['volume', 'nonsense']);
    expect(command.name()).toBe('volume');
    expect(args).toEqual(['nonsense']);
  });

  it('has its flags up to --help read, so that mistakes before it are told', () => {
    expect(readLine(program(), ['volume', 'create', '-h']).wantsHelp).toBe(true);
    expect(() => readLine(program(), ['volume', 'create', '--help', '--nonsense'])).toThrow(
      'unknown flag: --nonsense',
    );
  });
});
