import type { TextRule } from './kinds.ts';

/** Forms of texts that several keys share. */

export const loginName: TextRule = {
  pattern: /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/,
  form: 'login name',
  remedy: 'must be a login name: letters, digits, "_", "." and "-"',
};

/** gluster reads `volume set NAME KEY VALUE`; a group is `group NAME`. */
export const volumeOption: TextRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]* [^\s\p{Cc}][^\p{Cc}]*$/u,
  form: 'volume option, `KEY VALUE`',
  remedy: 'must be a volume option and its value with a blank between: "performance.io-cache off"',
};

export const volumeOptionName: TextRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  form: 'name of a volume option',
  remedy: 'must be the name of a volume option, without a value: "cluster.lookup-optimize"',
};

export const nodePath: TextRule = {
  pattern: /^\/[^\s\p{Cc}]*$/u,
  form: 'absolute path on the nodes',
  remedy: 'must be an absolute path on the nodes, without blanks',
};

export const nodeProgram: TextRule = {
  pattern: /^(\/[^\s\p{Cc}]+)?$/u,
  form: 'absolute path of a program on the nodes, or empty',
  remedy: 'must be the absolute path of a program on the nodes, without arguments; or ""',
};

export const mountOptions: TextRule = {
  pattern: /^[A-Za-z0-9_.:=@/+-]+(,[A-Za-z0-9_.:=@/+-]+)*$/,
  form: 'mount options, separated by commas',
  remedy: 'must be mount options separated by commas, without blanks',
};
