import { databaseDump } from './db.ts';
import { z } from './wire.ts';

/** As LVM and gluster tell it; null where nothing could be looked at. */
const facts = z.array(z.record(z.string(), z.unknown()).readonly()).readonly().nullable();

const nodeData = z.object({
  NodeHeketiID: z.string(),
  VolumeInfo: facts.openapi({ description: "The cluster's gluster volumes" }),
  LVMPVInfo: facts,
  LVMVGInfo: facts,
  LVMLVInfo: facts,
  BricksMountStatus: z
    .array(
      z.object({
        BrickID: z.string(),
        MountPoint: z.string(),
        Device: z.string().nullable().openapi({ description: 'What is mounted there; null: nothing' }),
      }),
    )
    .nullable(),
  BlockVolumeNames: z.array(z.string()).readonly().nullable(),
});

export const examination = z
  .object({
    heketidb: databaseDump,
    report: z.array(z.string()).openapi({ description: 'Where the nodes differ from what is on record' }),
    clusters: z.array(z.object({ ClusterHeketiID: z.string(), NodesData: z.array(nodeData) })),
  })
  .openapi('Examination');

export type Examination = z.infer<typeof examination>;
export type NodeData = z.infer<typeof nodeData>;
