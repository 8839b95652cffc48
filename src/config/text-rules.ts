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

export const s3Endpoint: TextRule = {
  pattern: /^https?:\/\/[A-Za-z0-9._-]+(:\d{1,5})?$|^https?:\/\/\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/,
  form: 'address, `https://HOST` or `https://HOST:PORT`',
  remedy: 'must be an address without a path: "https://s3.example.com"',
};

export const bucketName: TextRule = {
  pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  form: 'name of a bucket',
  remedy: 'must be the name of a bucket: 3 to 63 lower-case letters, digits, "." and "-"',
};

export const objectPrefix: TextRule = {
  pattern: /^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*$/,
  form: 'words that end with a slash, or empty',
  remedy: 'must be empty or end with a slash: "mortar/east/"',
};

export const s3Word: TextRule = {
  pattern: /^[A-Za-z0-9._-]{1,128}$/,
  form: 'letters, digits, ".", "_" and "-"',
  remedy: 'must be made of letters, digits, ".", "_" and "-"',
};

export const namespaceName: TextRule = {
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  form: 'name of a namespace',
  remedy: 'must be the name of a namespace: up to 63 lower-case letters, digits and "-"',
};

export const containerName: TextRule = {
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  form: 'name of a container',
  remedy: 'must be the name of a container: up to 63 lower-case letters, digits and "-"',
};

export const labelKey: TextRule = {
  pattern: /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
  form: 'key of a label',
  remedy: 'must be the key of a label, without a value: "glusterfs-node"',
};

export const contextName: TextRule = {
  pattern: /^[^\s\p{Cc}][^\p{Cc}]*$/u,
  form: 'name of a context',
  remedy: 'must be the name of a context in the kubeconfig',
};
