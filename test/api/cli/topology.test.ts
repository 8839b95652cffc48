import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startManager } from '../../support/manager.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { mortarAt } from './support.ts';

const threeNodes = `clusters:
  - nodes:
      - node: { hostnames: { manage: [gl1], storage: [10.0.0.1] }, zone: 1, tags: { rack: r7 } }
        devices: [/dev/sdb]
      - node: { hostnames: { manage: [gl2], storage: [10.0.0.2] }, zone: 2 }
        devices: [/dev/sdb]
      - node: { hostnames: { manage: [gl3], storage: [10.0.0.3] }, zone: 3 }
        devices: [{ name: /dev/sdb, tags: { disk: ssd } }]
`;

function file(content: string, name = 'topology.yaml'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

describe('topology apply', () => {
  it('makes what the file says, and the second time finds nothing to do', async () => {
    const mortar = mortarAt((await startManager()).url);
    const path = file(threeNodes);
    const first = await mortar('topology', 'apply', path, '--yes');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/\n7 to add, 0 to change, 0 to remove\.\n7 changes made, 0 failed\.\n$/);
    for (const command of ['plan', 'apply']) {
      expect(await mortar('topology', command, path)).toEqual({
        code: 0,
        stdout: 'Nothing to do.\n',
        stderr: '',
      });
    }
  });

  it('leaves a cluster that takes volumes at once, though its nodes were added at the same time', async () => {
    const mortar = mortarAt((await startManager()).url);
    await mortar('topology', 'apply', file(threeNodes), '--yes');
    expect(await mortar('volume', 'create', '--size=10')).toMatchObject({ code: 0, stderr: '' });
  });

  it('changes and removes what the file changes and leaves out, and says what is blocked', async () => {
    const mortar = mortarAt((await startManager()).url);
    await mortar('topology', 'apply', file(threeNodes), '--yes');
    await mortar('volume', 'create', '--size=10', '--replica=2');
    const edited = threeNodes
      .replace('zone: 1, tags: { rack: r7 }', 'zone: 4')
      .replace('[/dev/sdb]', '[/dev/sdc]');
    const planned = await mortar('topology', 'plan', file(edited), '--exit-code');
    expect(planned.code).toBe(2);
    expect(planned.stdout).toMatch(/^cluster [0-9a-f]{32}\n {2}\+ device \/dev\/sdc on gl1\n/);
    expect(planned.stdout).toContain('  ~ node gl1: zone 1 → 4, tags rack:r7 → none\n');
    expect(planned.stdout).toMatch(/ {2}- device \/dev\/sdb on gl1\n( {6}blocked: it holds 1 brick;.*\n)?/);
    expect((await mortar('topology', 'apply', file(edited), '--yes')).stderr).toBe('');
    expect((await mortar('topology', 'info')).stdout).toContain('\tZone: 4\n');
  });

  it('exits 255 and tells what failed when a change fails', async () => {
    const { url, simulation } = await startManager();
    const mortar = mortarAt(url);
    simulation.powerOff('gl2');
    const { code, stdout, stderr } = await mortar('topology', 'apply', file(threeNodes), '--yes');
    expect(stdout).toMatch(/^failed: node gl2 in zone 2: /m);
    expect(stderr).toMatch(/^Error: \d of 7 changes failed\n$/);
    expect(code).toBe(255);
  });

  it('tells faults of the file with their lines', async () => {
    const mortar = mortarAt((await startManager()).url);
    const faulty = threeNodes.replace('zone: 2', 'zoen: 2').replace('[10.0.0.3]', '["no host"]');
    const path = file(faulty);
    const { stderr, code } = await mortar('topology', 'plan', path);
    expect(stderr.split('\n')).toEqual(
      expect.arrayContaining([
        `${path}:5: unknown key "zoen" in clusters[0].nodes[1].node`,
        `${path}:7: clusters[0].nodes[2].node.hostnames.storage: [no host] is not a valid storage hostname`,
      ]),
    );
    expect(code).toBe(255);
  });
});

describe('topology load', () => {
  it('adds like heketi-cli, and reports everything as found the second time', async () => {
    const mortar = mortarAt((await startManager()).url);
    const node = { hostnames: { manage: ['gl1'], storage: ['10.0.0.1'] }, zone: 1 };
    const path = file(JSON.stringify({ clusters: [{ nodes: [{ node, devices: ['/dev/sdb'] }] }] }), 't.json');
    const first = await mortar('topology', 'load', `--json=${path}`);
    expect(first.stdout).toMatch(
      /^Creating cluster \.\.\. ID: [0-9a-f]{32}\n\tAllowing file volumes on cluster\.\n\tAllowing block volumes on cluster\.\n\tCreating node gl1 \.\.\. ID: [0-9a-f]{32}\n\t\tAdding device \/dev\/sdb \.\.\. OK\n$/,
    );
    const second = await mortar('topology', 'load', '-j', path);
    expect(second.stdout).toMatch(
      /^\tFound node gl1 on cluster [0-9a-f]{32}\n\t\tFound device \/dev\/sdb\n$/,
    );
    expect(second.code).toBe(0);
  });
});

/** heketi-cli's text of the topology, as a template. */
const wholeText = `{{range .ClusterList}}
Cluster Id: {{.Id}}

    File:  {{.File}}
    Block: {{.Block}}

    Volumes:
{{range .Volumes}}
\tName: {{.Name}}
\tSize: {{.Size}}
\tId: {{.Id}}
\tCluster Id: {{.Cluster}}
\tMount: {{.Mount.GlusterFS.MountPoint}}
\tMount Options: {{range $name, $value := .Mount.GlusterFS.Options}}{{$name}}={{$value}}{{end}}
\tDurability Type: {{.Durability.Type}}
{{- with .Durability}}
{{- if eq .Type "replicate"}}
\tReplica: {{.Replicate.Replica}}
{{- else if eq .Type "disperse"}}
\tDisperse Data: {{.Disperse.Data}}
\tDisperse Redundancy: {{.Disperse.Redundancy}}
{{- end}}
{{- end}}
{{- if .Snapshot.Enable}}
\tSnapshot: Enabled
\tSnapshot Factor: {{printf "%.2f" .Snapshot.Factor}}
{{- else}}
\tSnapshot: Disabled
{{- end}}

\t\tBricks:
{{range .Bricks}}\t\t\tId: {{.Id}}
\t\t\tPath: {{.Path}}
\t\t\tSize (GiB): {{kibToGib .Size}}
\t\t\tNode: {{.NodeId}}
\t\t\tDevice: {{.DeviceId}}

{{end}}{{end}}

    Nodes:
{{range .Nodes}}
\tNode Id: {{.Id}}
\tState: {{if eq .State "failed"}}removed{{else}}{{.State}}{{end}}
\tCluster Id: {{.ClusterId}}
\tZone: {{.Zone}}
\tManagement Hostnames: {{join .Hostnames.Manage ", "}}
\tStorage Hostnames: {{join .Hostnames.Storage ", "}}
{{template "tags" .Tags}}{{if .Tags}}

{{end}}\tDevices:
{{range .DevicesInfo}}\t\tId:{{printf "%-35s" .Id}}State:{{printf "%-10s" .State}}
{{- kibToGib .Storage.Total | printf "Size (GiB):%-8s"}}
{{- kibToGib .Storage.Used | printf "Used (GiB):%-8s"}}
{{- kibToGib .Storage.Free | printf "Free (GiB):%-8s"}}
{{with .Tags}}\t\t{{template "tags" .}}

{{end}}\t\t\tKnown Paths: {{join .Paths " "}}

\t\t\tBricks:
{{range .Bricks}}\t\t\t\tId:{{printf "%-35s" .Id}}Size (GiB):{{kibToGib .Size | printf "%-8s"}}Path: {{.Path}}
{{end}}{{end}}{{end}}{{end}}
{{define "tags"}}{{if .}}\tTags:{{range $name, $value := .}} {{$name}}:{{$value}}{{end}}{{end}}{{end}}`;

describe('topology info --template', () => {
  it("makes heketi-cli's text of what a server has, to the byte", async () => {
    const mortar = mortarAt((await startManager()).url);
    await mortar('topology', 'apply', file(threeNodes), '--yes');
    await mortar('volume', 'create', '--size=10', '--snapshot-factor=1.5');
    await mortar('volume', 'create', '--size=20', '--durability=none');
    const { stdout } = await mortar('topology', 'info');
    expect(stdout).toContain('Snapshot Factor: 1.50');
    expect(await mortar('topology', 'info', '-T', wholeText)).toEqual({ code: 0, stdout, stderr: '' });
  });
});
