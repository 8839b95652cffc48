// @ts-check
/**
 * Works on a database file in a thread of its own, so that the manager goes on serving: makes a copy, asks queries, takes
 * the checksum. Plain JavaScript, since a thread loads its file by itself, without whatever translates the rest.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';

const chunkBytes = 1024 * 1024;

/**
 * One consistent snapshot, whatever is being written meanwhile.
 *
 * @param {string} from
 * @param {string} to made beforehand, empty.
 */
function copy(from, to) {
  const source = new BetterSqlite3(from, { readonly: true, timeout: 10_000 });
  try {
    source.prepare('vacuum into ?').run(to);
  } finally {
    source.close();
  }
}

/** @param {unknown} thrown */
const failureOf = (thrown) => ({
  message: thrown instanceof Error ? thrown.message : String(thrown),
  code: /** @type {{ code?: unknown }} */ (thrown)?.code,
});

/**
 * @param {string} path
 * @param {readonly string[]} queries
 */
function ask(path, queries) {
  const database = new BetterSqlite3(path, { readonly: true, timeout: 10_000 });
  try {
    return queries.map((sql) => {
      try {
        return { rows: database.prepare(sql).all() };
      } catch (thrown) {
        return { failure: failureOf(thrown) };
      }
    });
  } finally {
    database.close();
  }
}

/**
 * Makes the file durable and takes its sum.
 *
 * @param {string} path
 */
function seal(path) {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(chunkBytes);
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, read));
    }
    return { sha256: hash.digest('hex'), sizeBytes: fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}

/** @param {{ path: string, copyTo?: string, queries: readonly string[] }} job */
function run({ path, copyTo, queries }) {
  if (copyTo !== undefined) copy(path, copyTo);
  return {
    answers: ask(copyTo ?? path, queries),
    ...(copyTo === undefined ? {} : { seal: seal(copyTo) }),
  };
}

function answer() {
  try {
    return run(workerData);
  } catch (thrown) {
    return { failure: failureOf(thrown) };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(answer());
