import { AppError } from '../errors.ts';

/** The SQLite code of a thrown error (`SQLITE_CONSTRAINT_UNIQUE`, …), or undefined. */
function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

const diskFull = 'the disk is full; free some room, Mortar goes on by itself';

const remedies: Readonly<Record<string, string>> = {
  SQLITE_FULL: diskFull,
  // No room for the index of the write-ahead log.
  SQLITE_IOERR_SHMSIZE: diskFull,
  SQLITE_READONLY: 'the file or its folder is read-only; make it writable for the user Mortar runs as',
  SQLITE_CANTOPEN: 'the file cannot be opened; check that its folder exists and may be written',
  SQLITE_IOERR: 'the disk reports an error; look at the kernel log',
  SQLITE_CORRUPT: 'the file is damaged; restore a backup',
  SQLITE_NOTADB: 'the file is not an SQLite database; check database.path, or restore a backup',
  SQLITE_BUSY: 'another program holds the database locked; end it',
};

const damage = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

const familyOf = (code: string): string => code.split('_').slice(0, 2).join('_');

/** Whether SQLite found that the file itself is damaged. */
export function isDamage(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code !== undefined && damage.has(familyOf(code));
}

/**
 * Turns an SQLite failure into `database.unusable` with a remedy. Other errors pass unchanged, also what is the query's own
 * fault: wrong SQL and violated constraints.
 */
export function toDatabaseError(thrown: unknown, path: string): unknown {
  const code = codeOf(thrown);
  if (code === undefined || code === 'SQLITE_ERROR' || code.startsWith('SQLITE_CONSTRAINT')) return thrown;
  const words = thrown instanceof Error ? thrown.message : code;
  return new AppError(
    'database.unusable',
    `${path}: ${words} (${code}): ${remedies[code] ?? remedies[familyOf(code)] ?? 'look at the log'}`,
    {
      cause: thrown,
      details: { sqliteCode: code, ...(isDamage(thrown) ? { isDamaged: true } : {}) },
      status: 503,
    },
  );
}
