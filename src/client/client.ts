import { type Clock, systemClock } from '../lib/clock.ts';
import { type AdoptCalls, createAdoptCalls } from './adopt.ts';
import { expectStatus } from './answer.ts';
import { type BackupCalls, createBackupCalls } from './backups.ts';
import { type BlockVolumeCalls, createBlockVolumeCalls } from './block-volumes.ts';
import { type ClusterCalls, createClusterCalls } from './clusters.ts';
import { createDeviceCalls, type DeviceCalls } from './devices.ts';
import { createDoctorCalls, type DoctorCalls } from './doctor.ts';
import { createNodeTransport, type TlsOptions } from './node-transport.ts';
import { createNodeCalls, type NodeCalls } from './nodes.ts';
import { createOperationCalls, type OperationCalls } from './operations.ts';
import { createReplacementCalls, type ReplacementCalls } from './replacements.ts';
import { createServerCalls, type ServerCalls } from './server.ts';
import { readServerAddress } from './server-address.ts';
import { type CallOptions, Session } from './session.ts';
import { type Credentials, createAuthorize } from './token.ts';
import { createTopologyCalls, type TopologyCalls } from './topology.ts';
import type { Transport } from './transport.ts';
import { createVolumeCalls, type VolumeCalls } from './volumes.ts';

export interface ClientOptions extends Credentials {
  /** `http://host:port` or `https://host:port`. */
  readonly server: string;
  readonly tls?: TlsOptions;
  readonly userAgent?: string;
  /** Another way to the server than Node's HTTP. */
  readonly transport?: Transport;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly newKey?: () => string;
}

/** Everything a Mortar server does, and all that a Heketi server does of it. Calls reject with `ClientError`. */
export interface Client {
  readonly clusters: ClusterCalls;
  readonly nodes: NodeCalls;
  readonly devices: DeviceCalls;
  readonly volumes: VolumeCalls;
  readonly blockVolumes: BlockVolumeCalls;
  readonly operations: OperationCalls;
  readonly replacements: ReplacementCalls;
  readonly topology: TopologyCalls;
  readonly doctor: DoctorCalls;
  readonly adopt: AdoptCalls;
  readonly backups: BackupCalls;
  readonly server: ServerCalls;
  /** Asks whether somebody is there; needs no user. @returns the server's words. */
  hello(options?: CallOptions): Promise<string>;
  /** Whether an answer said that the server's nodes are simulated: nothing it does is real. */
  readonly isSimulated: boolean;
  /** Ends kept connections. */
  close(): void;
}

/** @throws ClientError for an address that is none, and for a CA file that cannot be read. */
export function createClient(options: ClientOptions): Client {
  const { server, tls, userAgent = 'mortar', clock = systemClock } = options;
  const session = new Session({
    transport: options.transport ?? createNodeTransport(readServerAddress(server), tls),
    authorize: createAuthorize(options, () => clock.now()),
    clock,
    random: options.random ?? Math.random,
    newKey: options.newKey ?? (() => crypto.randomUUID()),
    userAgent,
  });
  return clientOf(session);
}

function clientOf(session: Session): Client {
  const calls = {
    clusters: createClusterCalls(session),
    nodes: createNodeCalls(session),
    volumes: createVolumeCalls(session),
  };
  return {
    ...calls,
    devices: createDeviceCalls(session),
    blockVolumes: createBlockVolumeCalls(session),
    operations: createOperationCalls(session),
    replacements: createReplacementCalls(session),
    topology: createTopologyCalls(session, calls),
    doctor: createDoctorCalls(session),
    adopt: createAdoptCalls(session),
    backups: createBackupCalls(session),
    server: createServerCalls(session),
    async hello(options) {
      const response = await session.send({ ...options, method: 'GET', target: '/hello' });
      return (await expectStatus(response, 200)).text();
    },
    get isSimulated() {
      return session.isSimulated;
    },
    close: () => session.close(),
  };
}
