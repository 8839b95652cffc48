import type { Command, CommandResult } from '../../lib/command.ts';

/** A block volume where it lies: a file in its hosting volume. Names are those that gluster knows. */
export interface BlockPlace {
  readonly hostingVolume: string;
  readonly name: string;
}

interface BlockOrder extends BlockPlace {
  /** Storage host names that are to export it. */
  readonly hosts: readonly string[];
  readonly sizeGib: number;
  /** Initiators have to log in. */
  readonly auth: boolean;
}

/** What an initiator needs. */
export interface BlockTarget {
  readonly iqn: string;
  /** Empty without authentication; never written to a disk by Mortar. */
  readonly username: string;
  readonly password: string;
}

/** A block volume as the nodes tell of it. */
export interface BlockState extends BlockTarget {
  readonly hosts: readonly string[];
  /** As it is told, with one decimal: exact only where `holdsSize` says so. */
  readonly size: string;
  /** GiB at hosts that did not follow the last growth: the smallest counts. */
  readonly laggingGib: readonly number[];
}

/** Commands for one node, and how their answers are read. */
export interface BlockAct<Answer> {
  readonly commands: readonly Command[];
  /** @throws AppError `block.failed` with the node's words, `node.tool_missing`, `node.strange_answer`. */
  readonly read: (results: readonly CommandResult[]) => Answer;
}

/**
 * A way to export block volumes over iSCSI. Everything above knows only this, so that another way (the kernel's own target,
 * without gluster-block) is another object of this kind. Any node of the cluster that has the way's programs can be asked.
 */
export interface BlockExporter {
  /** What the nodes that export have to have. */
  check(): BlockAct<void>;
  create(order: BlockOrder): BlockAct<BlockTarget>;
  /** Undefined: there is none, or no hosting volume. */
  look(place: BlockPlace): BlockAct<BlockState | undefined>;
  resize(place: BlockPlace, sizeGib: number): BlockAct<void>;
  /** "Not there" is success. */
  remove(place: BlockPlace): BlockAct<void>;
  /** Names of the block volumes in a hosting volume. */
  list(hostingVolume: string): BlockAct<readonly string[]>;
  /** Whether a size as told means so many GiB. */
  holdsSize(told: string, sizeGib: number): boolean;
}
