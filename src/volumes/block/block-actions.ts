import { AppError, toAppError } from '../../errors.ts';
import type { Action, StepContext } from '../../operations/kinds.ts';
import type { BlockAct, BlockExporter, BlockState } from '../../storage/block/exporter.ts';
import { askSome } from './block-cluster.ts';
import { type BlockNode, exportersFirst } from './block-nodes.ts';
import type { BlockPasswords } from './block-passwords.ts';
import { chooseExporters } from './choose-exporters.ts';

/** Which block volume, and who can be asked about it. */
export interface BlockParams {
  readonly blockId: string;
  readonly name: string;
  readonly hostingVolumeId: string;
  /** The name that gluster knows. */
  readonly hostingVolume: string;
  readonly nodes: readonly BlockNode[];
  /** Storage host names that export it, as far as they are known. */
  readonly hosts: readonly string[];
}

export interface ExportParams extends BlockParams {
  readonly sizeGib: number;
  readonly haCount: number;
  readonly auth: boolean;
}

export interface GrowParams extends BlockParams {
  readonly fromGib: number;
  readonly toGib: number;
}

/** Kept in the journal, so without the password. */
export interface Exported {
  readonly iqn: string;
  readonly username: string;
  readonly hosts: readonly string[];
}

export interface Grown {
  readonly usableGib: number;
}

/** gluster-block works on one block volume of a hosting volume at a time. */
const lanes = ({ hostingVolumeId }: BlockParams): string[] => [`block:${hostingVolumeId}`];

const ask = <Answer>(context: StepContext, params: BlockParams, act: BlockAct<Answer>): Promise<Answer> =>
  askSome(
    (nodeId, commands) => context.execOn(nodeId, commands),
    exportersFirst(params.nodes, params.hosts),
    act,
  );

/** A name that somebody chose may be taken by a block volume that Mortar did not make. */
export const checkBlockNameAction = (exporter: BlockExporter): Action<BlockParams, null> => ({
  name: 'check-block-name',
  title: 'look whether the name is free',
  async run(context, params) {
    if ((await ask(context, params, exporter.look(params))) === undefined) return null;
    throw new AppError(
      'block.foreign',
      `the hosting volume ${params.hostingVolume} has a block volume "${params.name}" that Mortar did not make; it is left untouched. Choose another name`,
      { details: { name: params.name, hostingVolume: params.hostingVolume } },
    );
  },
});

/** Makes the block volume and exports it. One that a broken try left is the one wanted: its name was free. */
export const exportBlockAction = (
  exporter: BlockExporter,
  passwords: BlockPasswords,
): Action<ExportParams, Exported> => ({
  name: 'export-block',
  title: 'make and export the block volume',
  lanes,
  async run(context, params) {
    const present = context.isRepeat ? await ask(context, params, exporter.look(params)) : undefined;
    if (present !== undefined) return exported(present, params, passwords);
    const chosen = await chooseExporters(context, params, exporter);
    const hosts = chosen.map(({ host }) => host);
    const target = await ask(context, { ...params, hosts }, exporter.create({ ...params, hosts }));
    return exported({ ...target, hosts }, params, passwords);
  },
  async undo(context, params) {
    passwords.forget(params.blockId);
    try {
      await ask(context, params, exporter.remove(params));
    } catch (thrown) {
      // Where no node has the programs nothing was made.
      if (toAppError(thrown).code !== 'node.tool_missing') throw thrown;
    }
  },
});

function exported(
  { iqn, username, password, hosts }: Pick<BlockState, 'iqn' | 'username' | 'password' | 'hosts'>,
  { blockId, auth }: ExportParams,
  passwords: BlockPasswords,
): Exported {
  if (auth) passwords.keep(blockId, password);
  return { iqn, username, hosts };
}

export const withdrawBlockAction = (
  exporter: BlockExporter,
  passwords: BlockPasswords,
): Action<BlockParams, null> => ({
  name: 'withdraw-block',
  title: 'delete the block volume',
  lanes,
  async run(context, params) {
    await ask(context, params, exporter.remove(params));
    passwords.forget(params.blockId);
    return null;
  },
  /** Gone after all: then it stays gone. */
  async undo(context, params) {
    const present = await ask(context, params, exporter.look(params));
    if (present === undefined) return { isFinal: true, output: null };
    return undefined;
  },
});

/** Makes the block volume larger. Hosts that do not follow keep what can be used of it small. */
export const growBlockAction = (exporter: BlockExporter): Action<GrowParams, Grown> => ({
  name: 'grow-block',
  title: 'make the block volume larger',
  lanes,
  async run(context, params) {
    try {
      await ask(context, params, exporter.resize(params, params.toGib));
    } catch (thrown) {
      if (!context.isRepeat) throw thrown;
      const grown = grownTo(await ask(context, params, exporter.look(params)), params, exporter);
      if (grown === undefined) throw thrown;
      return grown;
    }
    return { usableGib: params.toGib };
  },
  /** The file may have grown where hosts did not follow: there is no way back from that. */
  async undo(context, params) {
    const state = await ask(context, params, exporter.look(params));
    const grown = grownTo(state, params, exporter);
    return grown === undefined ? undefined : { isFinal: true, output: grown };
  },
});

/** Sizes are told with one decimal: two that look the same prove nothing, unless hosts are told to lag behind. */
function grownTo(
  state: BlockState | undefined,
  { fromGib, toGib }: GrowParams,
  exporter: BlockExporter,
): Grown | undefined {
  if (state === undefined || !exporter.holdsSize(state.size, toGib)) return undefined;
  if (exporter.holdsSize(state.size, fromGib) && state.laggingGib.length === 0 && fromGib !== toGib)
    return undefined;
  return { usableGib: Math.min(toGib, ...state.laggingGib) };
}
