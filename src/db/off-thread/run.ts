import { Worker } from 'node:worker_threads';

interface Failure {
  readonly message: string;
  readonly code?: string;
}

export interface FileJob {
  readonly path: string;
  /** An empty file that becomes a copy; the queries are asked of it then, and it is made durable. */
  readonly copyTo?: string;
  readonly queries: readonly string[];
}

/** The rows of a query, or why it could not be asked. */
export type Answer = { readonly rows: readonly unknown[] } | { readonly failure: Failure };

export interface FileReport {
  /** One for each query, in their order. */
  readonly answers: readonly Answer[];
  /** Of the copy. */
  readonly seal?: { readonly sha256: string; readonly sizeBytes: number };
}

const workerFile = new URL('./worker.js', import.meta.url);

/** Does a job on a database file in another thread. @throws an error with SQLite's code when it cannot be done at all. */
export function runOffThread(job: FileJob): Promise<FileReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, { workerData: job, execArgv: [] });
    worker.once('message', (report: FileReport | { failure: Failure }) => {
      if (!('failure' in report)) return resolve(report);
      reject(Object.assign(new Error(report.failure.message), { code: report.failure.code }));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
  });
}
