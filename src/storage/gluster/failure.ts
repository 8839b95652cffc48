import { AppError } from '../../errors.ts';
import { parseGlusterXml } from './xml.ts';

export interface GlusterFailure {
  readonly errno: number;
  /** gluster's own words. */
  readonly words: string;
  /** Another change is under way in the cluster or on the volume: the same command may be repeated. */
  readonly isBusy: boolean;
}

const busyWords = /another transaction|locking failed|please try again|operation is in progress/i;
const busyErrno = 30_802;

/** What gluster said when a command failed on a node; undefined when the failure is not gluster's answer. */
export function glusterFailure(error: unknown): GlusterFailure | undefined {
  if (!(error instanceof AppError) || error.code !== 'node.command_failed') return undefined;
  const { stdout } = error.details;
  if (typeof stdout !== 'string' || !stdout.includes('<cliOutput>')) return undefined;
  const { errno, words } = parseGlusterXml('gluster', stdout);
  return { errno, words, isBusy: errno === busyErrno || busyWords.test(words) };
}

/** The command line says so on stdout when the node's own glusterd does not run: any other node of the cluster may serve. */
export function isGlusterdDown(error: AppError): boolean {
  const { stdout, stderr } = error.details;
  return (
    error.code === 'node.command_failed' &&
    /connection failed|gluster daemon/i.test(`${String(stdout)} ${String(stderr)}`)
  );
}

/** The error with gluster's words in place of raw XML; other errors pass unchanged. */
export function withGlustersWords(error: unknown): unknown {
  const failure = glusterFailure(error);
  if (failure === undefined || !(error instanceof AppError)) return error;
  const { host, nodeId, label } = error.details as { host: string; nodeId: string; label: string };
  return new AppError('gluster.failed', `${host}: ${label}: ${failure.words || `error ${failure.errno}`}`, {
    cause: error,
    details: { host, nodeId, label, errno: failure.errno },
  });
}
