import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess } from './server-process.ts';
import { timeEach } from './statistics.ts';

const wholeReads = 3;
const reads = 2000;
const manyClients = 16;

/**
 * Resident memory of a server that has the same database and no nodes in its process, in MiB, after reading single volumes and
 * all there is at once. It changes nothing: its nodes do not exist, and it does not ask for them by itself.
 */
export async function measureAlone(program: string, folder: string): Promise<number> {
  const keyFile = join(folder, 'no-key');
  writeFileSync(keyFile, '');
  const env = {
    MORTAR_EXECUTOR: 'ssh',
    MORTAR_SSH_KEY_FILE: keyFile,
    MORTAR_HEALTH_ENABLED: 'false',
    MORTAR_DOCTOR_ENABLED: 'false',
  };
  const server = await ServerProcess.start({ program, folder, env, areNodesSimulated: false });
  const { client } = server;
  const { volumes } = await client.read<{ volumes: string[] }>('/volumes');
  const paths = volumes.length === 0 ? ['/clusters'] : volumes.map((id) => `/volumes/${id}`);
  await timeEach(
    reads,
    manyClients,
    async (index) => void (await client.read(paths[index % paths.length] ?? '')),
  );
  for (const path of ['/volumes', '/topology', '/metrics'])
    await timeEach(wholeReads, 1, async () => void (await client.send('GET', path)));
  const { now } = server.memoryMib();
  await server.stop();
  return now;
}
