/** Where a value comes from. */
export type Source =
  | { readonly kind: 'default'; readonly of: 'Mortar' | 'Heketi' }
  | { readonly kind: 'file'; readonly path: string; readonly line?: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

export const defaultSource: Source = { kind: 'default', of: 'Mortar' };

const heketiVariable = /^(HEKETI_|SSH_KNOWN_HOSTS$)/;

/** True for the variables that Heketi has, which any `MORTAR_…` variable overrides. */
function isHeketiVariable(variable: string): boolean {
  return heketiVariable.test(variable);
}

/** How strong a source is: defaults < file < environment (Heketi's names < Mortar's) < flags. */
export function rankOf(source: Source): number {
  switch (source.kind) {
    case 'default':
      return 0;
    case 'file':
      return 1;
    case 'environment':
      return isHeketiVariable(source.variable) ? 2 : 3;
    case 'flag':
      return 4;
  }
}

/** The source as people read it: `mortar.yaml:12`, `MORTAR_LISTEN`, `--listen`, `default`. */
export function formatSource(source: Source): string {
  switch (source.kind) {
    case 'default':
      return source.of === 'Mortar' ? 'default' : "Heketi's default";
    case 'file':
      return source.line === undefined ? source.path : `${source.path}:${source.line}`;
    case 'environment':
      return source.variable;
    case 'flag':
      return source.flag;
  }
}
