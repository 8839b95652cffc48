import type { ApiTools } from '../api-tools.ts';
import { accepted, json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import {
  findingIds,
  findingList,
  mendStarts,
  quarantineList,
  rebuildReport,
  rebuildRequest,
} from '../schema/doctor.ts';
import { presentFindings, presentItem, presentStart } from './present.ts';
import { presentReport, toHosts } from './rebuild.ts';

const tag = 'Doctor';
const started = {
  description: 'What was started; follow each operation at `/operations/{id}`',
  schema: mendStarts,
};

export const doctorRoutes = ({ doctor }: ApiTools): Route[] => [
  route({
    method: 'POST',
    path: '/doctor/runs',
    tag,
    summary: 'Compare all nodes with the database',
    description: 'Reads only. The queue entry ends with 303 to the findings.',
    answers: { 202: { description: 'Taken in; poll the queue entry named by `Location`.' } },
    handle: async () => accepted(await doctor.startLook()),
  }),
  route({
    method: 'GET',
    path: '/doctor/findings',
    tag,
    summary: 'List what differed at the last looks',
    answers: { 200: { description: 'Findings, the worst first', schema: findingList } },
    handle: async () => json(presentFindings(await doctor.findings(), doctor.summary().lookedAtMs)),
  }),
  route({
    method: 'POST',
    path: '/doctor/fix',
    tag,
    summary: 'Mend findings, each by an operation of its own',
    body: findingIds,
    namesParseFault: true,
    answers: { 202: started },
    handle: async ({ body }) => json({ started: (await doctor.mend(body.findings)).map(presentStart) }, 202),
  }),
  route({
    method: 'POST',
    path: '/doctor/reconcile',
    tag,
    summary: 'Take up again what came after the backup that the database was restored from',
    description:
      'Volumes, bricks and devices that say whose they are. Nothing on a node is changed. The queue entry ends with 303 to the findings that are left.',
    answers: { 202: { description: 'Taken in; poll the queue entry named by `Location`.' } },
    handle: async () => accepted(await doctor.startReconciliation()),
  }),
  ...quarantineRoutes(doctor),
  route({
    method: 'POST',
    path: '/rebuild',
    tag,
    summary: 'Fill an empty database from what the nodes say of themselves',
    description: 'Nothing on a node is changed. Refused while the database holds anything.',
    body: rebuildRequest,
    namesParseFault: true,
    answers: { 200: { description: 'What was recorded, or would be', schema: rebuildReport } },
    handle: async ({ body, signal }) => {
      const options = { isDryRun: body.dry_run ?? false, isPartial: body.partial ?? false };
      return json(presentReport(await doctor.rebuild.run(toHosts(body), options, signal)));
    },
  }),
];

const quarantineRoutes = (doctor: ApiTools['doctor']): Route[] => [
  route({
    method: 'GET',
    path: '/doctor/quarantine',
    tag,
    summary: 'List what is kept in quarantine',
    description: 'The nodes are asked: they are what remembers it.',
    answers: { 200: { description: 'What is in quarantine', schema: quarantineList } },
    handle: async ({ signal }) => json({ items: (await doctor.quarantine.list(signal)).map(presentItem) }),
  }),
  route({
    method: 'POST',
    path: '/doctor/quarantine',
    tag,
    summary: 'Put orphans that were found into quarantine',
    body: findingIds,
    namesParseFault: true,
    answers: { 202: started },
    handle: async ({ body }) =>
      json({ started: (await doctor.isolate(body.findings)).map(presentStart) }, 202),
  }),
  route({
    method: 'POST',
    path: '/doctor/quarantine/{id}/release',
    tag,
    summary: 'Let something out of quarantine',
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ params, signal }) => accepted(await doctor.quarantine.release(params.id ?? '', signal)),
  }),
  route({
    method: 'DELETE',
    path: '/doctor/quarantine/{id}',
    tag,
    summary: 'Destroy something whose stay in quarantine is over',
    answers: { 202: { description: 'Taken in; the queue entry ends with 204.' } },
    handle: async ({ params, signal }) => accepted(await doctor.quarantine.destroy(params.id ?? '', signal)),
  }),
];
