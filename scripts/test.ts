/**
 * `npm test`: everything, in the order of what is quick to fail. Ends with one plain line `N passed, N failed`.
 * `npm test -- unit api` runs only the named parts, `npm test -- lab` all those of the lab, `npm test -- lab-volumes` one,
 * `npm test -- kube` all those on a real control plane of Kubernetes.
 */
import { type Part, partsNamed } from './testing/parts.ts';
import { type Outcome, runPart } from './testing/run-part.ts';

const failures: string[] = [];
const total = { passed: 0, failed: 0, skipped: 0 };

function add({ name }: Part, outcome: Outcome): void {
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
  if (outcome.failed > 0) failures.push(name, ...outcome.failures.map((failure) => `  ${failure}`));
}

/** Takes one part after the other; queues may be shared between lanes. */
async function lane(labName: string, isBesideOthers: boolean, ...queues: Part[][]): Promise<void> {
  for (const queue of queues) {
    for (let part = queue.shift(); part !== undefined; part = queue.shift())
      add(part, await runPart(part, { labName, isBesideOthers }));
  }
}

/**
 * Two lanes: real nodes are waited for half of the time, so the parts that need the processors go beside them; when those
 * have ended, both lanes have a lab.
 */
async function runAll(wanted: readonly Part[]): Promise<void> {
  const of = (kind: Part['kind']): Part[] => wanted.filter((part) => part.kind === kind);
  const labName = process.env['MORTAR_LAB_NAME'] ?? 'suite';
  await lane(labName, false, of('quick'));
  const [processors, nodes] = [of('processors'), of('nodes')];
  const isBesideOthers = nodes.length > 0 && processors.length + nodes.length > 1;
  await Promise.all([
    lane(labName, isBesideOthers, processors, nodes),
    isBesideOthers ? lane(`${labName}-2`, true, nodes) : undefined,
  ]);
}

let wanted: Part[];
try {
  wanted = partsNamed(process.argv.slice(2));
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exit(2);
}
await runAll(wanted);
if (failures.length > 0) console.log(['', 'failed:', ...failures].join('\n'));
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);
