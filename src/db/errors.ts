import { AppError } from '../errors.ts';

/** The SQLite code of a thrown error (`SQLITE_CONSTRAINT_UNIQUE`, …), or undefined. */
function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

/** True when a row could not be written because its key is taken. */
export function isUniqueViolation(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

const remedies: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full; free some room, Mortar goes on by itself',
  SQLITE_READONLY: 'the file or its folder is read-only; make it writable for the user Mortar runs as',
  SQLITE_CANTOPEN: 'the file cannot be opened; check that its folder exists and may be written',
  SQLITE_IOERR: 'the disk reports an error; look at the kernel log',
  SQLITE_CORRUPT: 'the file is damaged; restore a backup',
  SQLITE_NOTADB: 'the file is not an SQLite database; check database.path, or restore a backup',
  SQLITE_BUSY: 'another program holds the database locked; end it',
};

/**
 * Turns an SQLite failure into `database.unusable` with a remedy; other errors (also constraint violations, which are
 * the business of the query that caused them) pass unchanged.
 */
export function toDatabaseError(thrown: unknown, path: string): unknown {
  const code = codeOf(thrown);
  if (code === undefined || code.startsWith('SQLITE_CONSTRAINT')) return thrown;
  const family = code.split('_').slice(0, 2).join('_');
  const words = thrown instanceof Error ? thrown.message : code;
  return new AppError(
    'database.unusable',
    `${path}: ${words} (${code}): ${remedies[family] ?? 'look at the log'}`,
    {
      cause: thrown,
      details: { sqliteCode: code },
      status: 503,
    },
  );
}
