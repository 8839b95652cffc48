import BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { fixed } from '../../../src/db/fixed-query.ts';
import type { Schema } from '../../../src/db/schema.ts';
import { sqliteDialect } from '../../../src/db/sqlite-dialect.ts';

interface Tables {
  things: { id: string; size: number; note: string | null };
}

describe('a query that is made once', () => {
  let database: Kysely<Tables>;
  let sql: Kysely<Schema>;

  beforeEach(() => {
    const connection = new BetterSqlite3(':memory:');
    connection.exec('create table things (id text, size integer, note text)');
    database = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
    sql = database as unknown as Kysely<Schema>;
  });

  const insert = () =>
    fixed(sql, (rows: readonly Tables['things'][]) => database.insertInto('things').values(rows));
  const thing = (id: string, size: number): Tables['things'] => ({ id, size, note: null });

  it('is made once for each shape of its values', async () => {
    let built = 0;
    const find = fixed(sql, (ids: readonly string[]) => {
      built += 1;
      return database.selectFrom('things').selectAll().where('id', 'in', ids).orderBy('id');
    });
    await insert()([thing('a', 1), thing('b', 2), thing('c', 3)]);
    expect(await find(['a', 'b'])).toEqual([thing('a', 1), thing('b', 2)]);
    expect(await find(['b', 'c'])).toEqual([thing('b', 2), thing('c', 3)]);
    expect(await find(['c'])).toEqual([thing('c', 3)]);
    expect(built).toBe(2);
  });

  it('sets the columns that are given, and leaves the others out', async () => {
    const update = fixed(sql, (columns: { size?: number; note?: string | null | undefined }, id: string) =>
      database
        .updateTable('things')
        .set(columns as Partial<Tables['things']>)
        .where('id', '=', id)
        .returningAll(),
    );
    await insert()([thing('a', 1)]);
    expect(await update({ size: 5, note: undefined }, 'a')).toEqual([{ id: 'a', size: 5, note: null }]);
    expect(await update({ note: 'n' }, 'a')).toEqual([{ id: 'a', size: 5, note: 'n' }]);
    expect(await update({ note: null, size: 6 }, 'a')).toEqual([{ id: 'a', size: 6, note: null }]);
    expect(await update({ size: 7, note: 'm' }, 'a')).toEqual([{ id: 'a', size: 7, note: 'm' }]);
  });

  it('does not mix up rows of a list whose columns come in another order', async () => {
    const put = insert();
    await put([thing('a', 1), thing('b', 2)]);
    await put([
      { id: 'c', size: 3, note: 'n' },
      { note: 'm', size: 4, id: 'd' },
    ]);
    expect(
      await database.selectFrom('things').selectAll().where('size', '>', 2).orderBy('id').execute(),
    ).toEqual([
      { id: 'c', size: 3, note: 'n' },
      { id: 'd', size: 4, note: 'm' },
    ]);
  });

  it('keeps its own constants in their places', async () => {
    const large = fixed(sql, (least: number, note: string) =>
      database
        .selectFrom('things')
        .select('id')
        .where('size', '>', 2)
        .where('size', '>=', least)
        .where((is) => is.or([is('note', 'is', null), is('note', '=', note)]))
        .where('id', '<>', 'z')
        .orderBy('id'),
    );
    await insert()([thing('a', 1), thing('b', 3), thing('c', 4), thing('z', 9)]);
    expect(await large(0, 'x')).toEqual([{ id: 'b' }, { id: 'c' }]);
    expect(await large(4, 'x')).toEqual([{ id: 'c' }]);
  });
});
