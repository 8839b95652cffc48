import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { GroupWriter } from '../../../src/db/group-writer.ts';

describe('the writer of the database', () => {
  let connection: BetterSqlite3.Database;
  /** Ends the sync that is under way. */
  let end: (failure?: Error) => void;
  let writer: GroupWriter;
  const groups: number[] = [];

  beforeEach(() => {
    connection = new BetterSqlite3(':memory:');
    connection.exec('create table things (id integer)');
    groups.length = 0;
    writer = new GroupWriter(connection, {
      begin: () => undefined,
      beforeCommit: () => Promise.resolve(),
      committed: () => void groups.push(count()),
      rolledBack: () => Promise.resolve(),
      sync: () =>
        new Promise((resolve, reject) => {
          end = (failure) => (failure === undefined ? resolve() : reject(failure));
        }),
    });
  });

  const count = (): number =>
    (connection.prepare('select count(*) as count from things').get() as { count: number }).count;
  const add = (): Promise<number> =>
    writer.write(async () => {
      connection.exec('insert into things values (1)');
      return count();
    });
  const underWay = async (): Promise<void> => {
    await expect.poll(() => writer.durable !== undefined).toBe(true);
  };

  it('tells of a change when it is on the disk, not before', async () => {
    let isTold = false;
    const written = add().then(() => void (isTold = true));
    await underWay();
    expect(count()).toBe(1);
    expect(isTold).toBe(false);
    end();
    await written;
    expect(writer.durable).toBeUndefined();
  });

  it('gathers what is to be written while a commit goes to the disk, for the next one', async () => {
    const first = add();
    await underWay();
    const others = [add(), add(), add()];
    end();
    await first;
    await expect.poll(() => groups).toEqual([1, 4]);
    end();
    expect(await Promise.all(others)).toEqual([2, 3, 4]);
  });

  it('tells of nothing, and writes nothing any more, when the disk did not take a commit', async () => {
    const first = add();
    await underWay();
    const next = add();
    const outcomes = Promise.allSettled([first, next]);
    end(new Error('EIO: i/o error, fdatasync'));
    const failure = expect.objectContaining({
      code: 'database.unusable',
      message: expect.stringMatching(/EIO.*restart Mortar/),
    });
    expect(await outcomes).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ]);
    await expect(add()).rejects.toEqual(failure);
    expect(groups).toEqual([1]);
  });
});
