import type { Command } from '../../lib/command.ts';

/**
 * Ends the processes of a volume's bricks on this node and waits until they have gone, three seconds at most. Constant text;
 * the volume's name comes as its argument. A process that also serves another volume (`cluster.brick-multiplex`) has its
 * number in that volume's file, too, and stays; so does one that has got the number of a brick that is long gone.
 */
export const endBricksScript = `
shopt -s nullglob
ended=()
for file in "/run/gluster/vols/$1"/*.pid; do
  { read -r pid <"$file" && mapfile -d '' -t words <"/proc/$pid/cmdline"; } 2>/dev/null || continue
  [[ "\${words[*]} " == */glusterfsd*" --volfile-id $1."* ]] || continue
  ! grep -rqsx --include=*.pid --exclude-dir="$1" -e "$pid" /run/gluster/vols /run/gluster/snaps || continue
  kill -TERM "$pid" && ended+=("$pid")
done
for ((look = 0; look < 150; look++)); do
  alive=
  for pid in "\${ended[@]}"; do [[ ! -e /proc/$pid ]] || alive=1; done
  [[ $alive ]] || break
  sleep 0.02
done`;

/**
 * Ends a doomed volume's bricks on this node before gluster is told to stop it: glusterd ends one brick after the other, and
 * sleeps a second after each, on the node that was told first and then on all others. Where it fails gluster does it itself.
 */
export const endBrickProcesses = (volume: string): Command => ({
  label: `end the brick processes of the volume ${volume}`,
  argv: ['bash', '-c', endBricksScript, 'bash', volume],
  optional: true,
});
