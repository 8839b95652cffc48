import type { ApiTools } from '../api-tools.ts';
import { inPieces, type Reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { brickGauges } from './brick-gauges.ts';
import { DeviceLines } from './device-lines.ts';
import { gaugeText } from './exposition.ts';
import { heketiGauges } from './heketi-gauges.ts';
import { nodeGauges } from './node-gauges.ts';
import { OwnMetrics } from './own-metrics.ts';
import { poolGauges } from './pool-gauges.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';
/** What is kept is sent as it is: a copy of it all would be made, and thrown away, at each scrape. */
const plain = (pieces: readonly Buffer[]): Reply => inPieces(pieces, contentType);

/** Nothing else is told while the server cannot serve (wire contract section 15). */
const down = gaugeText({
  name: 'heketi_up',
  help: 'Whether the server can serve.',
  samples: [{ labels: '', value: 0 }],
});

export function metricsRoutes(tools: ApiTools): Route[] {
  const { reads, engine, doctor, backups, clock, metricsIndex, pools, bricks, health } = tools;
  const { notReadyReason, version } = tools;
  const own = new OwnMetrics(engine, version);
  const lines = new DeviceLines();
  return [
    route({
      method: 'GET',
      path: '/metrics',
      tag: 'Service',
      summary: 'Show metrics for Prometheus',
      description: 'The gauges of Heketi by their names, what Mortar tells beyond them, and the process.',
      isPublic: true,
      answers: { 200: { description: 'Text format 0.0.4', contentType: 'text/plain' } },
      handle: async () => {
        if (notReadyReason() !== undefined) return plain([Buffer.from(down)]);
        const unfinished = await reads.gauges.unfinishedOperations();
        const facts = {
          clusters: await reads.gauges.clusters(),
          devices: await metricsIndex.read(),
          unfinished,
          inFlight: engine.runningCount,
        };
        const gauges = [
          ...heketiGauges(facts),
          ...nodeGauges(health.entries()),
          ...poolGauges(facts.devices, pools),
          ...brickGauges(facts.devices, bricks),
        ];
        const text = gauges.map(gaugeText).join('');
        const ownFacts = {
          unfinished,
          doctor: doctor.summary(),
          backups: backups.health,
          nowMs: clock.now(),
        };
        const rest = text + (await own.text(ownFacts));
        return plain([...lines.of(facts.devices), Buffer.from(rest)]);
      },
    }),
  ];
}
