import { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { Connection } from '../../../../src/executors/ssh/connection.ts';
import { KeptConnection } from '../../../../src/executors/ssh/kept-connection.ts';
import type { Clock } from '../../../../src/lib/clock.ts';

const never = new AbortController().signal;

class HandClock implements Clock {
  time = 1_000_000;

  now(): number {
    return this.time;
  }

  async sleep(): Promise<void> {}
}

/** A connection that ends when its client says so. */
function makeConnection(): { connection: Connection; lose: () => void } {
  const client = new ssh2.Client();
  const connection = new Connection(client, new Duplex());
  client.end = () => {
    client.emit('close');
    return client;
  };
  return { connection, lose: () => client.emit('close') };
}

describe('a kept connection', () => {
  it('is made once for all who want it at the same time', async () => {
    const { connection } = makeConnection();
    let dialled = 0;
    const kept = new KeptConnection(() => {
      dialled += 1;
      return Promise.resolve(connection);
    }, new HandClock());
    expect(await Promise.all([kept.get(never), kept.get(never), kept.get(never)])).toEqual(
      Array(3).fill(connection),
    );
    await kept.get(never);
    expect(dialled).toBe(1);
  });

  it('is made anew when it was lost', async () => {
    const made = [makeConnection(), makeConnection()];
    let dialled = 0;
    const kept = new KeptConnection(
      () => Promise.resolve((made[dialled++] ?? makeConnection()).connection),
      new HandClock(),
    );
    expect(await kept.get(never)).toBe(made[0]?.connection);
    made[0]?.lose();
    expect(await kept.get(never)).toBe(made[1]?.connection);
  });

  it('rests longer after each failure, up to 15 s, and then tries at once again after a success', async () => {
    const clock = new HandClock();
    const { connection, lose } = makeConnection();
    let dialled = 0;
    let works = false;
    const kept = new KeptConnection(() => {
      dialled += 1;
      return works ? Promise.resolve(connection) : Promise.reject(new Error(`failure ${dialled}`));
    }, clock);
    const rests = [500, 1000, 2000, 4000, 8000, 15_000, 15_000];
    for (const [index, restMs] of rests.entries()) {
      await expect(kept.get(never)).rejects.toThrow(`failure ${index + 1}`);
      clock.time += restMs - 1;
      await expect(kept.get(never)).rejects.toThrow(`failure ${index + 1}`);
      clock.time += 1;
    }
    expect(dialled).toBe(rests.length);
    works = true;
    expect(await kept.get(never)).toBe(connection);
    lose();
    works = false;
    await expect(kept.get(never)).rejects.toThrow('failure 9');
    clock.time += 500;
    await expect(kept.get(never)).rejects.toThrow('failure 10');
  });

  it('can be waited for by one who gives up without the others losing it', async () => {
    const { connection } = makeConnection();
    let finish: (made: Connection) => void = () => {};
    const kept = new KeptConnection(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
      new HandClock(),
    );
    const controller = new AbortController();
    const leaving = kept.get(controller.signal);
    const staying = kept.get(never);
    controller.abort(new Error('no time'));
    await expect(leaving).rejects.toThrow('no time');
    finish(connection);
    expect(await staying).toBe(connection);
  });

  it('is ended when it is closed, also while it is being made', async () => {
    const { connection } = makeConnection();
    const kept = new KeptConnection(() => Promise.resolve(connection), new HandClock());
    await kept.get(never);
    await kept.close(new Error('closed'));
    expect(connection.isOpen).toBe(false);

    const dialling = new KeptConnection(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
      new HandClock(),
    );
    const wanted = dialling.get(never);
    const closed = dialling.close(new Error('closed'));
    await expect(wanted).rejects.toThrow('closed');
    await closed;
  });
});
