const maxShown = 80;

/** A value on one line, as a file would hold it, cut when it is long. */
export function showValue(value: unknown): string {
  // JSON has no infinity, YAML has.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}…`;
}

/** `found "abc"`, for faults. */
export function showFound(value: unknown): string {
  return `found ${showValue(value)}`;
}
