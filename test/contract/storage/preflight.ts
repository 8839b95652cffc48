import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/errors.ts';
import { judgePreflight, preflightCommands } from '../../../src/storage/node/preflight.ts';
import { Bench } from './bench.ts';
import type { StorageEnvironment } from './environment.ts';

export function describePreflight(environment: StorageEnvironment): void {
  describe('a node', () => {
    let bench: Bench;

    beforeAll(async () => {
      bench = new Bench(environment, await environment.open());
      await environment.reset(bench.executor);
    }, environment.testTimeoutMs);
    afterAll(async () => {
      await environment.reset(bench.executor);
      await bench.executor.close();
    }, environment.testTimeoutMs);

    it('that has all it needs passes the preflight', async () => {
      const facts = judgePreflight('node', await bench.run(preflightCommands()));
      expect(facts.glusterVersion).toMatch(/^\d+\.\d+/);
    });

    it('whose glusterd does not run does not', async () => {
      await environment.setGlusterd(bench.executor, bench.hosts[0], 'stop');
      const results = await bench.run(preflightCommands());
      await environment.setGlusterd(bench.executor, bench.hosts[0], 'start');
      expect(() => judgePreflight('node', results)).toThrow(
        expect.objectContaining({ code: 'node.glusterd_down' } satisfies Partial<AppError>),
      );
    });

    it('does not know a program that does not exist', async () => {
      const refusal = await bench.refusal({ label: 'nothing', argv: ['no-such-program', '--version'] });
      expect(refusal).toMatchObject({ exitCode: 127, stderr: expect.stringContaining('not found') });
    });
  });
}
