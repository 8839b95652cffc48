/** Block volumes on the wire, keys in the contract's order (wire contract section 12). */
import type { BlockVolume, BlockVolumeList } from '../api/schema/block-volumes.ts';
import { listOf, optional, record, text, wholeNumber } from './shape.ts';

export const blockVolumeShape = record<BlockVolume>({
  size: wholeNumber,
  name: text,
  hacount: optional(wholeNumber),
  id: text,
  blockvolume: record<BlockVolume['blockvolume']>({
    hosts: listOf(text),
    iqn: text,
    lun: wholeNumber,
    username: text,
    password: text,
  }),
  cluster: optional(text),
  blockhostingvolume: optional(text),
  usablesize: optional(wholeNumber),
});

export const blockVolumeListShape = record<BlockVolumeList>({ blockvolumes: listOf(text) });
