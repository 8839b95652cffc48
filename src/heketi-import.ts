import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectFile } from './db/checks/inspect.ts';
import { type Database, openDatabase } from './db/database.ts';
import type { Reads } from './db/queries.ts';
import { compare } from './doctor/compare/compare.ts';
import type { Finding } from './doctor/finding.ts';
import { readIntent, steadyIntent } from './doctor/look/intent.ts';
import { type Look, type LookTools, lookAt } from './doctor/look/look.ts';
import { assertEmpty } from './doctor/rebuild/rebuild.ts';
import { AppError } from './errors.ts';
import type { Executor } from './executors/executor.ts';
import type { HeketiDump } from './heketi/document.ts';
import { insertTaken } from './heketi/import.ts';
import { readDump } from './heketi/read-dump.ts';
import {
  type NodesSay,
  type TakenRecords,
  type TakeOptions,
  toClusters,
  toNodes,
  toRecords,
} from './heketi/to-records.ts';
import type { Clock } from './lib/clock.ts';
import { Lanes } from './lib/lanes.ts';
import { NodeAccess } from './operations/node-access.ts';
import type { MountSettings } from './storage/filesystem/mounts.ts';
import { deviceOfGroup } from './storage/naming.ts';

/** How nodes are asked. */
export interface NodeTools {
  /** @param reads the database that is being made: it knows the nodes. */
  executor(reads: Reads): Promise<Executor>;
  readonly commands: Pick<LookTools, 'lvm' | 'gluster'>;
  readonly mountSettings: MountSettings;
  /** Fill of thin pools, in percent, from which on they are told. */
  readonly poolLimitPercent: number;
  readonly settings: LookTools['settings'];
}

export interface ImportRequest {
  readonly databasePath: string;
  /** File name of the dump, to be shown. */
  readonly name: string;
  readonly text: string;
  readonly clock: Clock;
  readonly defaults: TakeOptions['defaults'];
  readonly leaveOutClones: boolean;
  /** Undefined: they are not asked; the order of bricks is then a guess. */
  readonly nodes: NodeTools | undefined;
  /** Compares with the nodes, and takes nothing over when data is out of reach or at risk. */
  readonly isChecked: boolean;
  readonly isDryRun: boolean;
}

export interface ImportReport {
  readonly isDone: boolean;
  readonly taken: TakenRecords;
  /** Differences from the nodes; undefined when they were not compared. */
  readonly findings: readonly Finding[] | undefined;
  readonly notes: readonly string[];
}

const refused = (name: string, faults: readonly string[]): AppError =>
  new AppError(
    'import.refused',
    `${name} is not taken over, ${faults.length === 1 ? 'for this fault' : `for these ${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    { details: { faults } },
  );

/**
 * Takes a dump of Heketi over into an empty database. It is tried in a scratch database first, and held to all that holds
 * for a database of Mortar; nothing on a node is changed.
 *
 * @throws AppError `import.refused` with all faults, `request.conflict` when the database is not empty,
 * `database.unusable`; nothing was written then.
 */
export async function importHeketi(request: ImportRequest): Promise<ImportReport> {
  const { name, text, databasePath, isDryRun, clock } = request;
  const read = readDump(text);
  if ('faults' in read) throw refused(name, read.faults);
  if (existsSync(databasePath)) await withDatabase(databasePath, clock, ({ read }) => assertEmpty(read));
  const { taken, findings, silent } = await rehearse(request, read.dump);
  const foreign = read.foreignRoom.map((words) => `${words}: the rest counts as taken by others`);
  const report = { taken, findings, notes: [...silent, ...foreign, ...taken.notes] };
  if (isDryRun) return { ...report, isDone: false };
  await withDatabase(databasePath, clock, (database) =>
    database.write(async (tx) => {
      await assertEmpty(tx);
      await insertTaken(tx, taken, { name, nowMs: clock.now() });
    }),
  );
  return { ...report, isDone: true };
}

async function withDatabase<T>(
  path: string,
  clock: Clock,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ path, clock });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

interface Rehearsal {
  readonly taken: TakenRecords;
  readonly findings: readonly Finding[] | undefined;
  /** Sentences about nodes that did not answer. */
  readonly silent: readonly string[];
}

/** Does it all in a scratch database. @throws AppError `import.refused`. */
async function rehearse(request: ImportRequest, dump: HeketiDump): Promise<Rehearsal> {
  const folder = await mkdtemp(join(tmpdir(), 'mortar-import-'));
  try {
    const { name, nodes } = request;
    const look =
      nodes === undefined ? undefined : await askNodes(join(folder, 'nodes.db'), dump, nodes, request);
    const taken = toRecords(dump, { ...request, said: saidIn(look) });
    if (taken.faults.length > 0) throw refused(name, taken.faults);
    const path = join(folder, 'scratch.db');
    const findings = await withDatabase(path, request.clock, async (database) => {
      await database.write((tx) => insertTaken(tx, taken, { name, nowMs: request.clock.now() }));
      if (look === undefined || nodes === undefined || !request.isChecked) return undefined;
      const intent = await readIntent(database.read);
      return compare(look, steadyIntent(intent, intent), nodes);
    });
    const { problems } = await inspectFile(path, { content: true });
    const errors = (findings ?? []).filter(({ severity }) => severity === 'error');
    const faults = [
      ...problems.map((problem) => problem.text),
      ...(request.isDryRun ? [] : errors.map(({ object, evidence }) => `${object}: ${evidence}`)),
      ...(request.isChecked && !request.isDryRun ? uncomparedClusters(dump, look) : []),
    ];
    if (faults.length > 0) throw refused(name, faults);
    return { taken, findings, silent: silentNodes(dump, look) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Looks at all nodes of the dump. The simulated ones ask a database who is who. */
const askNodes = (
  path: string,
  dump: HeketiDump,
  nodes: NodeTools,
  { clock }: ImportRequest,
): Promise<Look> =>
  withDatabase(path, clock, async (database) => {
    const records = toNodes(dump);
    await database.write(async (tx) => {
      for (const cluster of toClusters(dump)) await tx.clusters.insert(cluster, clock.now());
      for (const node of records) await tx.nodes.insert(node, clock.now());
    });
    const executor = await nodes.executor(database.read);
    try {
      const access = new NodeAccess(executor, database.read.nodes);
      const { commands, mountSettings, settings } = nodes;
      const tools: LookTools = { ...commands, access, lanes: new Lanes(), mountSettings, settings };
      return await lookAt(records, tools, new AbortController().signal);
    } finally {
      await executor.close();
    }
  });

function saidIn(look: Look | undefined): NodesSay {
  const groups = (look?.nodes ?? []).flatMap((node) => ('facts' in node ? node.facts.volumeGroups : []));
  return {
    volumes: new Map((look?.clusters ?? []).map(({ clusterId, volumes }) => [clusterId, volumes])),
    pvUuids: new Map(groups.map(({ name, pvUuid }) => [deviceOfGroup(name) ?? name, pvUuid])),
  };
}

/** Clusters with nodes of which none answered for gluster: what cannot be compared must not pass for compared. */
function uncomparedClusters({ nodeentries }: HeketiDump, look: Look | undefined): string[] {
  const compared = new Set(look?.clusters.map(({ clusterId }) => clusterId));
  const wanted = new Set(Object.values(nodeentries).map(({ Info }) => Info.cluster));
  return [...wanted]
    .filter((clusterId) => !compared.has(clusterId))
    .map(
      (clusterId) =>
        `cluster ${clusterId}: no node of it answers for gluster, so it cannot be compared; --dry-run tells why they do not; or import without --check`,
    );
}

const silentNodes = ({ nodeentries }: HeketiDump, look: Look | undefined): string[] =>
  (look?.nodes ?? []).flatMap((node) =>
    'failure' in node
      ? [
          `node ${node.nodeId} (${nodeentries[node.nodeId]?.Info.hostnames.manage[0]}) did not answer: ${node.failure}`,
        ]
      : [],
  );
