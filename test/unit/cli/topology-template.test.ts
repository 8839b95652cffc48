import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/client/shapes.ts';
import { jsonAnswer } from '../client/support.ts';
import { twoClusters } from './go-template/two-clusters.ts';
import { mortar, type Routes, type Trial } from './support.ts';

const mount = { hosts: [], options: {} };

const serving = ({ clusters }: Topology): Routes => ({
  'GET /topology': jsonAnswer({ clusters: clusters.map((cluster) => ({ ...cluster, mount })) }),
});

const info = (...words: string[]): Promise<Trial> =>
  mortar(['topology', 'info', ...words], serving(twoClusters));

const everyDevice = (what: string): string =>
  `{{range .ClusterList}}{{range .Nodes}}{{range .DevicesInfo}}${what}{{end}}{{end}}{{end}}`;

describe('topology info --template', () => {
  it('prints what the template makes, and nothing besides', async () => {
    const template = everyDevice('{{.Name}} {{kibToGib .Storage.Free}}\n');
    const output = '/dev/vdb 90\n/dev/vdc 5\n/dev/disk/by-id/a-very-long-name 50\n';
    for (const words of [
      ['-T', template],
      ['--template', template],
      [`--template=${template}`],
      [`-T${template}`],
    ]) {
      expect(await info(...words)).toMatchObject({ code: 0, stdout: output, stderr: '' });
    }
    expect(await info('-T', '{{len .ClusterList}}')).toMatchObject({ code: 0, stdout: '2' });
    expect(await info('-T', '')).toMatchObject({ code: 0, stdout: '' });
  });

  it('is the same on a terminal, and as heketi-cli', async () => {
    const words = ['topology', 'info', '-T', '{{range .ClusterList}}<{{.Id}}>{{end}}'];
    expect((await mortar(words, serving(twoClusters), { isTTY: true })).stdout).toBe('<c1><c2>');
    const trial = await mortar(words, serving(twoClusters), { around: { name: 'heketi-cli' } });
    expect(trial.stdout).toBe('<c1><c2>');
  });

  it('gives way to --json', async () => {
    const { stdout, code } = await info('--json', '-T', '{{.Nope');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ clusters: [{ id: 'c1' }, { id: 'c2' }] });
  });

  it('tells what is wrong with a template before the server is asked', async () => {
    const { code, stdout, stderr, server } = await info('-T', '{{range .ClusterList}}\n{{.Id}');
    expect({ code, stdout }).toEqual({ code: 255, stdout: '' });
    expect(stderr).toBe("Error: template: topology:2: bad character U+007D '}'\n");
    expect(server.requests).toEqual([]);
  });

  it('names the fields that there are, and prints nothing, when one is not', async () => {
    const { code, stdout, stderr } = await info('-T', everyDevice('{{.Id}} {{.Size}}'));
    expect({ code, stdout }).toEqual({ code: 255, stdout: '' });
    expect(stderr).toBe(
      'Error: template: topology:1:70: executing "topology" at <.Size>: can\'t evaluate field Size in type api.DeviceInfoResponse; it has: Name, Tags, Storage, Id, Paths, PvUUID, State, Bricks\n',
    );
  });

  it('shows a volume by itself as volume info does', async () => {
    const { stdout } = await info(
      '-T',
      '{{range .ClusterList}}{{range .Volumes}}{{.}}{{.String}}{{end}}{{end}}',
    );
    expect(stdout.match(/^Name: vol_v1$/gm)).toHaveLength(2);
    expect(stdout).toContain('Block Hosting Restriction: locked\nBlock Volumes: [x y]\n');
  });

  it('has every field that the answers of Heketi have', async () => {
    const volume =
      '{{.Size}} {{.Clusters}} {{.Name}} {{.Durability.Type}} {{.Durability.Replicate.Replica}} {{.Durability.Disperse.Data}} {{.Durability.Disperse.Redundancy}} {{.Gid}} {{.GlusterVolumeOptions}} {{.Block}} {{.Snapshot.Enable}} {{.Snapshot.Factor}} {{.Id}} {{.Cluster}} {{.Mount.GlusterFS.Hosts}} {{.Mount.GlusterFS.Options}} {{.BlockInfo.FreeSize}} {{.BlockInfo.ReservedSize}} {{.BlockInfo.BlockVolumes}} {{.BlockInfo.Restriction}} {{range .Bricks}}{{.Id}} {{.Path}} {{.DeviceId}} {{.NodeId}} {{.VolumeId}} {{.Size}}{{end}}';
    const { stdout } = await info('-T', `{{range .ClusterList}}{{range .Volumes}}${volume}\n{{end}}{{end}}`);
    expect(stdout).toBe(
      [
        '100 [] vol_v1 replicate 3 0 0 2001 [] false true 1.1 v1 c1 [10.0.0.1 10.0.0.2 10.0.0.3] map[backup-volfile-servers:10.0.0.2,10.0.0.3] 0 0 [] (none) b1 /bricks/b1 d3b07384d113edec49eaa6238ad5ff00 1f0a6d2b8c4e4f7790b3a5d6c7e8f901 9e107d9d372bb6826bd81d3542a419d6 10485760',
        '7 [] <ü> none 0 0 0 0 [] true false 1 v2 c1 [10.0.0.1 10.0.0.2 10.0.0.3] map[backup-volfile-servers:10.0.0.2,10.0.0.3] 3 0 [x y] locked ',
        '',
      ].join('\n'),
    );
    const node =
      '{{.Zone}} {{.Hostnames.Manage}} {{.Hostnames.Storage}} {{.ClusterId}} {{.Tags}} {{.Id}} {{.State}} {{range .DevicesInfo}}{{.Name}} {{.Tags}} {{.Storage.Total}} {{.Storage.Used}} {{.Id}} {{.Paths}} {{.PvUUID}} {{.State}} {{.Bricks}};{{end}}';
    const nodes = await info(
      '-T',
      `{{range .ClusterList}}{{.Block}} {{.File}} {{range .Nodes}}${node}\n{{end}}{{end}}`,
    );
    expect(nodes.stdout).toBe(
      [
        'false true 1 [gl1 gl1.example] [10.0.0.1] c1 map[air:cold rack:r7] n1 online /dev/vdb map[disk:ssd] 104857600 10485760 d1 [/dev/vdb /dev/disk/by-id/virtio-abc] Xl5sYw online [];/dev/vdc map[disk:hdd] 104857600 99614720 d2 [/dev/vdb /dev/disk/by-id/virtio-abc] Xl5sYw online [];',
        '2 [gl2] [10.0.0.2] c1 map[] n2 failed /dev/disk/by-id/a-very-long-name map[] 104857600 52428800 d3 [] Xl5sYw online [];',
        'true false ',
      ].join('\n'),
    );
  });
});
