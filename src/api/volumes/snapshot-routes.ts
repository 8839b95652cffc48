import type { Snapshot as Found } from '../../volumes/snapshots.ts';
import type { ApiTools } from '../api-tools.ts';
import { accepted, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { type Snapshot, snapshot, snapshotCreate, snapshotList } from '../schema/snapshots.ts';

const tag = 'Volumes';

const present = ({ id, name, volumeId, createdAtMs, isActivated }: Found): Snapshot => ({
  id,
  name,
  volume: volumeId,
  created_at: createdAtMs === null ? null : new Date(createdAtMs).toISOString(),
  activated: isActivated,
});

export const snapshotRoutes = (tools: ApiTools): Route[] => [...ownRoutes(tools), restoreRoute(tools)];

const ownRoutes = ({ snapshots }: ApiTools): Route[] => [
  route({
    method: 'GET',
    path: '/volumes/{id}/snapshots',
    tag,
    summary: 'List the snapshots of a volume',
    description: 'gluster is asked while the request waits: it alone knows which there are.',
    answers: { 200: { description: 'Its snapshots', schema: snapshotList } },
    handle: async ({ params, signal }) => {
      const found = await snapshots.list(params.id ?? '', signal);
      return json({ snapshots: found.map(present) });
    },
  }),
  route({
    method: 'POST',
    path: '/volumes/{id}/snapshots',
    tag,
    summary: 'Take a snapshot of a volume',
    description:
      'A snapshot lives in the thin pools of the bricks and takes no other room of the devices. It is refused for a volume with the snapshot factor 1, unless forced, and when a pool is nearly full.',
    body: snapshotCreate,
    namesParseFault: true,
    isBodyOptional: true,
    isCreate: true,
    answers: {
      202: {
        description: 'Taken in; poll the queue entry named by `Location`. It ends with 303 to the snapshot.',
      },
    },
    handle: async ({ params, body, once }) => {
      const request = { name: body.name ?? '', force: body.force ?? false };
      return accepted(await snapshots.create(params.id ?? '', request, once));
    },
  }),
  route({
    method: 'GET',
    path: '/volumes/{id}/snapshots/{nameOrId}',
    tag,
    summary: 'Show a snapshot',
    answers: { 200: { description: 'The snapshot', schema: snapshot } },
    handle: async ({ params, signal }) =>
      json(present(await snapshots.find(params.id ?? '', params.nameOrId ?? '', signal))),
  }),
  route({
    method: 'DELETE',
    path: '/volumes/{id}/snapshots/{nameOrId}',
    tag,
    summary: 'Delete a snapshot',
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ params, signal }) =>
      accepted(await snapshots.delete(params.id ?? '', params.nameOrId ?? '', signal)),
  }),
];

const restoreRoute = ({ snapshots }: ApiTools): Route =>
  route({
    method: 'POST',
    path: '/volumes/{id}/snapshots/{nameOrId}/restore',
    tag,
    summary: 'Give a volume the contents of a snapshot',
    description:
      'What was written since the snapshot was taken is gone, and cannot be had back. The volume stops for a moment, in which its clients wait or fail; they should have closed their files. It runs again whatever happens. The snapshot stays, as do the options of the volume. Refused unless all bricks run and the volume has the bricks that it had when the snapshot was taken.',
    answers: {
      202: {
        description:
          'Taken in; poll the queue entry named by `Location`. It ends with 303 to the volume; the operation warns of what is gone.',
      },
    },
    handle: async ({ params, signal }) =>
      accepted(await snapshots.restore(params.id ?? '', params.nameOrId ?? '', signal)),
  });
