import { describe } from 'vitest';
import { describeBricks } from './bricks.ts';
import { describeDisks } from './disks.ts';
import type { StorageEnvironment } from './environment.ts';
import { describeFiles } from './files.ts';
import { describeGluster } from './gluster.ts';
import { describeGroups } from './groups.ts';
import { describePreflight } from './preflight.ts';

/** What the commands of src/storage do, and what their parsers read: the same on simulated and on real nodes (law 6). */
export function describeStorage(environment: StorageEnvironment): void {
  describe(`storage commands (${environment.name})`, { timeout: environment.testTimeoutMs }, () => {
    describePreflight(environment);
    describeFiles(environment);
    describeDisks(environment);
    describeGroups(environment);
    describeBricks(environment);
    describeGluster(environment);
  });
}
