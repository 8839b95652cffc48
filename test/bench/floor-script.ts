import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LabNode } from '../lab/lab.ts';

const run = promisify(execFile);

export interface FloorPlace {
  readonly node: LabNode;
  /** The volume group that gets the brick. */
  readonly volumeGroup: string;
}

const unitFolder = '/etc/systemd/system';
const sizeKib = 1024 * 1024;
const metadataKib = 8192;

/**
 * What a person would write who only wants it quick: the same commands as Mortar's for a replica 3 volume of 1 GiB, as shell
 * text without looking, undoing or recording anything, on all nodes side by side, over connections that are kept open
 * (OpenSSH's ControlMaster). Nothing that does the same steps can be much quicker, so it is the floor.
 */
export class FloorScript {
  readonly #places: readonly FloorPlace[];
  readonly #sshWords: readonly string[];

  constructor(places: readonly FloorPlace[], sshConfig: string, folder: string) {
    this.#places = places;
    const control = ['-o', 'ControlMaster=auto', '-o', 'ControlPersist=600'];
    this.#sshWords = ['-F', sshConfig, ...control, '-o', `ControlPath=${join(folder, '%n')}`];
  }

  /** Opens the connections, so that no measured step pays for a login. */
  async open(): Promise<void> {
    await this.#everywhere(() => 'true');
  }

  async close(): Promise<void> {
    const ends = this.#places.map(({ node }) =>
      run('ssh', [...this.#sshWords, '-O', 'exit', `root@${node.name}`]).catch(() => undefined),
    );
    await Promise.all(ends);
  }

  async create(name: string): Promise<void> {
    await this.#everywhere(({ volumeGroup }) => makeBrick(name, volumeGroup));
    const bricks = this.#places.map(({ node }) => `${node.address}:${mountPointOf(name)}/brick`).join(' ');
    await this.#onFirst(
      [
        `gluster --mode=script volume create ${name} replica 3 ${bricks}`,
        `gluster --mode=script volume set ${name} user.floor.id ${name}`,
        `gluster --mode=script volume start ${name}`,
      ].join(' && '),
    );
  }

  async delete(name: string): Promise<void> {
    await this.#onFirst(
      `gluster --mode=script volume stop ${name} force && gluster --mode=script volume delete ${name}`,
    );
    await this.#everywhere(({ volumeGroup }) => removeBrick(name, volumeGroup));
  }

  async #onFirst(script: string): Promise<void> {
    const [first] = this.#places;
    if (first !== undefined) await this.#on(first, script);
  }

  async #everywhere(scriptFor: (place: FloorPlace) => string): Promise<void> {
    await Promise.all(this.#places.map((place) => this.#on(place, scriptFor(place))));
  }

  async #on({ node }: FloorPlace, script: string): Promise<void> {
    await run('ssh', [...this.#sshWords, `root@${node.name}`, script]);
  }
}

const mountPointOf = (name: string): string => `/srv/floor/${name}`;
const unitOf = (name: string): string => `srv-floor-${name}.mount`;

function makeBrick(name: string, group: string): string {
  const mountPoint = mountPointOf(name);
  const device = `/dev/mapper/${group}-${name}`;
  const unit = `${unitFolder}/${unitOf(name)}`;
  const wants = `${unitFolder}/multi-user.target.wants`;
  return [
    `mkdir -p ${mountPoint}`,
    `lvm lvcreate -qq --autobackup=n --poolmetadataspare n --poolmetadatasize ${metadataKib}K --chunksize 256K --size ${sizeKib}K --thin ${group}/pool_${name} --virtualsize ${sizeKib}K --name ${name} --addtag floor 2>/dev/null`,
    `mkfs.xfs -q -i size=512 -n size=8192 ${device}`,
    `mount -t xfs -o rw,inode64,noatime,nouuid ${device} ${mountPoint}`,
    `printf '[Unit]\\nDefaultDependencies=no\\nBefore=glusterd.service\\n[Mount]\\nWhat=${device}\\nWhere=${mountPoint}\\nType=xfs\\n' > ${unit}`,
    `ln -sfn -t ${wants} ../${unitOf(name)}`,
    `sync ${unit} ${unitFolder} ${wants}`,
    `mkdir ${mountPoint}/brick`,
  ].join(' && ');
}

function removeBrick(name: string, group: string): string {
  const mountPoint = mountPointOf(name);
  return [
    // The brick process needs a moment to let go.
    `for i in $(seq 50); do umount ${mountPoint} 2>/dev/null && break; sleep 0.2; done`,
    `rm -f ${unitFolder}/${unitOf(name)} ${unitFolder}/multi-user.target.wants/${unitOf(name)}`,
    `lvm lvremove -qq --autobackup=n -f ${group}/${name} ${group}/pool_${name} 2>/dev/null`,
    `rmdir ${mountPoint}`,
  ].join(' && ');
}
