/**
 * Comments and samples that people leave in place of a value (heketi/heketi#593, #669, #956): Heketi's sample file
 * explains its keys in their values, templates leave `${…}` behind, guides show `<…>`.
 */
const placeholders: readonly RegExp[] = [
  /^\.?\/?path\/to\b/i,
  /^my secret\b/i,
  /^optional\s*:/i,
  /[.,;:(]\s*defaults?\b/i,
  /\bdefault is\b/i,
  /^\$\{.*\}$/,
  /^\{\{.*\}\}$/,
  /^<.*>$/,
  /^change[-_ ]?(me|it|this)$/i,
  /^(todo|tbd|fixme|xxx+)$/i,
];

/** True when the value, or an entry of the list, is a placeholder that nobody replaced. */
export function isPlaceholder(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isPlaceholder);
  return typeof value === 'string' && placeholders.some((pattern) => pattern.test(value.trim()));
}
