import { AppError } from '../errors.ts';
import { readDump } from './read-dump.ts';

/** Passwords of block volumes by their ids. */
export type BlockPasswords = ReadonlyMap<string, string>;

/** Reads the passwords of block volumes in a dump: Mortar does not keep them. @throws AppError `import.refused`. */
export function passwordsIn(text: string): BlockPasswords {
  const read = readDump(text);
  if ('faults' in read)
    throw new AppError('import.refused', `the dump with the passwords has faults: ${read.faults.join('; ')}`);
  const { blockvolumeentries } = read.dump;
  return new Map(
    Object.entries(blockvolumeentries).flatMap(([id, { Info }]) =>
      Info.blockvolume.password === '' ? [] : [[id, Info.blockvolume.password] as const],
    ),
  );
}
