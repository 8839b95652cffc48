import { isGlusterdUp } from '../../world/gluster.ts';
import { nodeOfPeer } from '../../world/names.ts';
import type { Call } from '../program.ts';

/** Which of the hosts have a daemon that answers, and which have not. */
export function split(
  { world, node }: Pick<Call, 'world' | 'node'>,
  hosts: readonly string[],
): { readonly present: string[]; readonly absent: string[] } {
  const isPresent = (host: string): boolean => {
    const exporting = nodeOfPeer(world, node, host);
    return (
      exporting !== undefined &&
      isGlusterdUp(exporting) &&
      exporting.isBlockDaemonStopped !== true &&
      !exporting.missingTools.has('gluster-block')
    );
  };
  return {
    present: hosts.filter(isPresent),
    absent: hosts.filter((host) => !isPresent(host)),
  };
}
