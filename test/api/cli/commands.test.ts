import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import { startManager, testKeys } from '../../support/manager.ts';
import { field, type Mortar, mortarAt } from './support.ts';

const id32 = /^[0-9a-f]{32}$/;

/** A cluster of three nodes with one disk each, made with commands alone. */
async function cluster(mortar: Mortar): Promise<{ clusterId: string; nodeIds: string[] }> {
  const clusterId = field((await mortar('cluster', 'create')).stdout, 'Cluster id');
  const nodeIds: string[] = [];
  for (const number of [1, 2, 3]) {
    const hosts = [`--management-host-name=gl${number}`, `--storage-host-name=10.0.0.${number}`];
    const added = await mortar('node', 'add', `--zone=${number}`, `--cluster=${clusterId}`, ...hosts);
    const nodeId = field(added.stdout, 'Node Id');
    nodeIds.push(nodeId);
    const device = await mortar('device', 'add', '--name=/dev/sdb', '--node', nodeId);
    expect(device).toEqual({ code: 0, stdout: 'Device added successfully\n', stderr: '' });
  }
  return { clusterId, nodeIds };
}

describe('the commands of heketi-cli', () => {
  it('lead a volume through its life', async () => {
    const mortar = mortarAt((await startManager()).url);
    const { clusterId } = await cluster(mortar);
    const created = await mortar('volume', 'create', '--size=10', '--name=data');
    expect(created.code).toBe(0);
    const volumeId = field(created.stdout, 'Volume Id');
    expect(volumeId).toMatch(id32);
    expect(created.stdout).toBe(
      `Name: data
Size: 10
Volume Id: ${volumeId}
Cluster Id: ${clusterId}
Mount: ${field(created.stdout, 'Mount')}
Mount Options: ${field(created.stdout, 'Mount Options')}
Block: false
Free Size: 0
Reserved Size: 0
Block Hosting Restriction: (none)
Block Volumes: []
Durability Type: replicate
Distribute Count: 1
Replica Count: 3
`,
    );
    expect((await mortar('volume', 'list')).stdout).toBe(
      `Id:${volumeId}    Cluster:${clusterId}    Name:data\n`,
    );
    const expanded = await mortar('volume', 'expand', '--expand-size=5', volumeId, '--json');
    expect(JSON.parse(expanded.stdout)).toMatchObject({ id: volumeId, size: 15 });
    expect(await mortar('volume', 'delete', volumeId)).toEqual({
      code: 0,
      stdout: `Volume ${volumeId} deleted\n`,
      stderr: '',
    });
    expect(await mortar('volume', 'info', volumeId)).toEqual({
      code: 255,
      stdout: '',
      stderr: 'Error: Id not found\n',
    });
  });

  it('show a cluster, its nodes and devices', async () => {
    const mortar = mortarAt((await startManager()).url);
    const { clusterId, nodeIds } = await cluster(mortar);
    expect((await mortar('cluster', 'list')).stdout).toBe(`Clusters:\nId:${clusterId} [file][block]\n`);
    expect((await mortar('cluster', 'info', clusterId)).stdout).toBe(
      `Cluster id: ${clusterId}\nNodes:\n${[...nodeIds].sort().join('\n')}\nVolumes:\n\nBlock: true\n\nFile: true\n`,
    );
    const lines = [...nodeIds].sort().map((id) => `Id:${id}\tCluster:${clusterId}\n`);
    expect((await mortar('node', 'list')).stdout).toBe(lines.join(''));
    const node = await mortar('node', 'info', nodeIds[0] ?? '');
    expect(field(node.stdout, 'Management Hostname')).toBe('gl1');
    const deviceId = /^Id:([0-9a-f]{32}) /m.exec(node.stdout)?.[1] ?? '';
    const device = await mortar('device', 'info', deviceId);
    expect(field(device.stdout, 'Create Path')).toBe('/dev/sdb');
    expect((await mortar('device', 'resync', deviceId)).stdout).toBe(`Device ${deviceId} updated\n`);
    expect((await mortar('topology', 'info')).stdout).toContain(`\n\tNode Id: ${nodeIds[0]}\n`);
  });

  it('change states, tags and flags, and take everything down again', async () => {
    const mortar = mortarAt((await startManager()).url);
    const { clusterId, nodeIds } = await cluster(mortar);
    const [nodeId = ''] = nodeIds;
    expect((await mortar('node', 'settags', nodeId, 'rack:r7', 'row:2')).stdout).toBe('');
    expect((await mortar('node', 'rmtags', nodeId, 'row')).stdout).toBe('');
    expect((await mortar('node', 'info', nodeId)).stdout).toContain('Tags:\n  rack: r7\nDevices:\n');
    await mortar('cluster', 'setflags', clusterId, '--block=false');
    expect((await mortar('cluster', 'list')).stdout).toContain(`Id:${clusterId} [file]\n`);

    const node = JSON.parse((await mortar('node', 'info', nodeId, '--json')).stdout) as {
      devices: { id: string }[];
    };
    const deviceId = node.devices[0]?.id ?? '';
    expect((await mortar('device', 'delete', deviceId)).stderr).toBe(
      `Error: device: ${deviceId} is not in failed state\n`,
    );
    expect((await mortar('device', 'remove', deviceId)).stderr).toBe(
      `Error: Device must be offline before remove operation is performed, device:${deviceId}\n`,
    );
    for (const command of ['disable', 'remove', 'delete']) {
      expect(await mortar('device', command, deviceId)).toMatchObject({ code: 0, stderr: '' });
    }
    expect((await mortar('node', 'delete', nodeId)).stdout).toBe(`Node ${nodeId} deleted\n`);
    expect((await mortar('cluster', 'delete', clusterId)).stderr).toBe(
      `Error: Unable to delete cluster [${clusterId}] because it contains volumes and/or nodes\n`,
    );
  });

  it('show the words of the server when a volume has no place', async () => {
    const mortar = mortarAt((await startManager()).url);
    await cluster(mortar);
    const refused = await mortar('volume', 'create', '--size=100000');
    expect(refused.code).toBe(255);
    expect(refused.stderr).toMatch(/^Error: Failed to allocate new volume: /);
    const plan = await mortar('volume', 'plan', '--size=100000');
    expect(plan.stdout).toMatch(/\nLargest size that fits: \d+ GiB\n/);
    expect(plan.code).toBe(255);
  });

  it('are refused with a wrong key, and work without any when authentication is off', async () => {
    const { url } = await startManager();
    const env = { MORTAR_SERVER: url, MORTAR_USER: 'admin', MORTAR_KEY: 'wrong' };
    expect((await mortarAt(url, { env })('cluster', 'list')).stderr).toBe(
      'Error: Invalid JWT token: signature is invalid (client and server secrets may not match)\n',
    );
    const open = await startManager({ env: { MORTAR_AUTH_ENABLED: 'false' } });
    const nobody = mortarAt(open.url, { env: { MORTAR_SERVER: open.url } });
    expect(await nobody('cluster', 'list')).toMatchObject({ code: 0, stdout: 'Clusters:\n' });
  });
});

describe('operations', () => {
  it('are listed, shown and watched after their end', async () => {
    const mortar = mortarAt((await startManager()).url);
    await cluster(mortar);
    await mortar('volume', 'create', '--size=1');
    const list = await mortar('operation', 'list', '--limit=1');
    expect(list.stdout).toMatch(/\n[0-9a-f]{32} +create-volume +done +volume /);
    const id = /^[0-9a-f]{32}/m.exec(list.stdout)?.[0] ?? '';
    expect((await mortar('operation', 'info', id)).stdout).toMatch(/^State +done$/m);
    const watched = await mortar('operation', 'watch', id);
    expect(watched).toMatchObject({ code: 0, stderr: '' });
    expect(watched.stdout).toMatch(/ · gl\d: done\n/);
    expect((await mortar('operation', 'cancel', id)).code).toBe(255);
  });
});

describe('a creation whose answer is lost', () => {
  it('is made once when it is repeated under its key', async () => {
    const { url } = await startManager();
    await cluster(mortarAt(url));
    const client = createClient({ server: url, user: 'admin', key: testKeys.admin });
    const options = { idempotencyKey: 'claim-7' };
    const first = await client.volumes.create({ size: 1, name: 'data' }, options);
    const second = await client.volumes.create({ size: 1, name: 'data' }, options);
    expect(second.id).toBe(first.id);
    expect((await client.volumes.list()).volumes).toEqual([first.id]);
    expect(client.isSimulated).toBe(true);
    client.close();
  });
});
