/** The text format of Prometheus, version 0.0.4: as much of it as gauges need. */

export type Labels = Readonly<Record<string, string>>;

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** `{name="value",…}`, or nothing without labels. */
export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value.replace(/[\\"\n]/g, (character) => escapes[character] ?? character)}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Adds labels to a text of labels that has some. */
export const withLabels = (text: string, more: Labels): string =>
  `${text.slice(0, -1)},${labelText(more).slice(1)}`;

export interface Sample {
  /** As `labelText` gives it. */
  readonly labels: string;
  readonly value: number;
}

export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export const gaugeHead = (name: string, help: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;

/** A gauge with its samples as a block of lines; nothing for one without samples. */
export function gaugeText({ name, help, samples }: Gauge): string {
  if (samples.length === 0) return '';
  let text = gaugeHead(name, help);
  for (const { labels, value } of samples) text += `${name}${labels} ${value}\n`;
  return text;
}
