import type BetterSqlite3 from 'better-sqlite3';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { LRUCache } from 'lru-cache';
import { toDatabaseError } from './errors.ts';

const maxCachedStatements = 500;

/**
 * Kysely on one better-sqlite3 connection, with prepared statements kept (Kysely's own dialect prepares each time).
 * Transactions are the business of the writer, so the driver has none.
 */
export function sqliteDialect(connection: BetterSqlite3.Database): Dialect {
  return dialectOf(new CachingConnection(connection));
}

/**
 * For what only reads: over the connection that writes while that is between transactions, since its pages are in memory;
 * else over one of its own, which sees what is committed and reads each page anew after every commit.
 */
export function readingDialect(ways: WaysToRead): Dialect {
  return dialectOf(new ReadingConnection(ways));
}

interface WaysToRead {
  readonly writer: BetterSqlite3.Database;
  readonly reader: BetterSqlite3.Database;
  /** While what is committed is still on its way to the disk: resolves when it is there. */
  durable(): Promise<void> | undefined;
}

function dialectOf(connection: DatabaseConnection): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SingleConnectionDriver(connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class SingleConnectionDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}
  async releaseConnection(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('transactions are made by Database.write, not by Kysely');
  }

  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
}

class ReadingConnection implements DatabaseConnection {
  readonly #ways: WaysToRead;
  readonly #overWriter: CachingConnection;
  readonly #overReader: CachingConnection;

  constructor(ways: WaysToRead) {
    this.#ways = ways;
    this.#overWriter = new CachingConnection(ways.writer, true);
    this.#overReader = new CachingConnection(ways.reader, true);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // A query is over before anything else can begin a transaction.
    const result = (this.#ways.writer.inTransaction ? this.#overReader : this.#overWriter).run<R>(query);
    // What a power cut could still take back is told to nobody.
    await this.#ways.durable();
    return result;
  }

  streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    return this.#overReader.streamQuery(query);
  }
}

class CachingConnection implements DatabaseConnection {
  readonly #database: BetterSqlite3.Database;
  readonly #onlyReads: boolean;
  readonly #statements = new LRUCache<string, BetterSqlite3.Statement>({ max: maxCachedStatements });

  constructor(database: BetterSqlite3.Database, onlyReads = false) {
    this.#database = database;
    this.#onlyReads = onlyReads;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.run(query);
  }

  run<R>(query: CompiledQuery): QueryResult<R> {
    try {
      return this.#run(query);
    } catch (thrown) {
      throw toDatabaseError(thrown, this.#database.name);
    }
  }

  #run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as R[] };
    const { changes } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    for (const row of this.#database.prepare(sql).iterate(parameters)) yield { rows: [row as R] };
  }

  #prepare(sql: string): BetterSqlite3.Statement {
    const kept = this.#statements.get(sql);
    if (kept !== undefined) return kept;
    const statement = this.#database.prepare(sql);
    if (this.#onlyReads && !statement.readonly) throw new Error('changes are made by Database.write');
    this.#statements.set(sql, statement);
    return statement;
  }
}
