/** Commands that nodes and devices have in common. */
import type { Command } from 'commander';
import type { EntryCalls, EntryState } from '../../client/entry-changes.ts';
import { defineAction } from '../define.ts';
import { failure } from '../exit-error.ts';
import type { Run } from '../run.ts';
import type { Surroundings } from '../surroundings.ts';

export interface Entry {
  readonly group: Command;
  readonly around: Surroundings;
  /** `Node` or `Device`. */
  readonly noun: string;
  calls(run: Run): EntryCalls;
}

interface StateCommand {
  readonly name: 'enable' | 'disable';
  readonly state: EntryState;
  readonly description: string;
  readonly idMissing: string;
}

export function addStateCommand(entry: Entry, { name, state, description, idMissing }: StateCommand): void {
  const command = entry.group.command(name).argument('[id]').description(description);
  defineAction(command, entry.around, async (run) => {
    const id = run.required(0, idMissing);
    await run.wait(`${entry.noun} ${id}: ${state}`, (options) =>
      entry.calls(run).setState(id, state, options),
    );
    run.print(`${entry.noun} ${id} is now ${state}\n`);
  });
}

/** `settags` and `rmtags`. */
export function addTagCommands(entry: Entry): void {
  const noun = entry.noun.toLowerCase();
  const setTags = entry.group
    .command('settags')
    .argument('[id]')
    .argument('[name:value...]')
    .description(`set tags of a ${noun}; the others stay`)
    .option('-e, --exact', 'let it have exactly these tags');
  defineAction<{ exact?: boolean }>(setTags, entry.around, async (run, { exact = false }) => {
    const id = run.required(0, 'id required');
    const tags = readTags(run.args.slice(1));
    await entry.calls(run).changeTags(id, { type: exact ? 'set' : 'update', tags });
  });
  const removeTags = entry.group
    .command('rmtags')
    .aliases(['deltags', 'removetags'])
    .argument('[id]')
    .argument('[name...]')
    .description(`take tags off a ${noun}`)
    .option('--all', 'take off all tags');
  defineAction<{ all?: boolean }>(removeTags, entry.around, async (run, { all = false }) => {
    const id = run.required(0, 'id required');
    const names = run.args.slice(1);
    if (all && names.length > 0) throw failure('--all may not be combined with named tags');
    if (!all && names.length === 0) throw failure('at least one tag expected');
    const tags = Object.fromEntries(names.map((name) => [name, '']));
    await entry.calls(run).changeTags(id, all ? { type: 'set', tags: {} } : { type: 'delete', tags });
  });
}

/** Only the first colon of `name:value` divides. */
function readTags(words: readonly string[]): Record<string, string> {
  if (words.length === 0) throw failure('at least one tag:value pair expected');
  const pairs = words.map((word) => {
    const at = word.indexOf(':');
    if (at < 0) throw failure(`expected colon (:) between tag name and value, got: ${word}`);
    return [word.slice(0, at), word.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}
