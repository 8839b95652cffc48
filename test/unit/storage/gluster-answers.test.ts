import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { glusterFailure, withGlustersWords } from '../../../src/storage/gluster/failure.ts';
import { parsePool } from '../../../src/storage/gluster/pool.ts';
import { parseSnapshotCount, parseSnapshots } from '../../../src/storage/gluster/snapshots.ts';
import {
  parseAllVolumes,
  parseCreatedUuid,
  parseVolumeInfo,
} from '../../../src/storage/gluster/volume-info.ts';

// Recorded from GlusterFS 10.3.
const head = (ret: number, errno: number, words: string): string =>
  `<opRet>${ret}</opRet><opErrno>${errno}</opErrno>${words === '' ? '<opErrstr/>' : `<opErrstr>${words}</opErrstr>`}`;
const answer = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cliOutput>${inner}</cliOutput>\n`;
const brick = (host: string): string =>
  `<brick uuid="cc1a4651">${host}:/data/brick<name>${host}:/data/brick</name><hostUuid>cc1a4651</hostUuid><isArbiter>0</isArbiter></brick>`;
const info = answer(
  `${head(0, 0, '')}<volInfo><volumes><volume><name>v1</name><id>a31d3366-467c-4639-894e-d1dd8b6dad43</id><status>1</status><statusStr>Started</statusStr><brickCount>2</brickCount><bricks>${brick('10.0.0.1')}${brick('10.0.0.2')}</bricks><optCount>1</optCount><options><option><name>user.heketi.id</name><value>007</value></option></options></volume><count>1</count></volumes></volInfo>`,
);
const noVolume = answer(
  `${head(-1, 30806, 'Volume does not exist')}<volInfo><volumes><count>0</count></volumes></volInfo>`,
);

describe("gluster's answers", () => {
  it('tell a volume with its bricks in order; option values stay text', () => {
    expect(parseVolumeInfo(info)).toEqual({
      name: 'v1',
      uuid: 'a31d3366-467c-4639-894e-d1dd8b6dad43',
      status: 'started',
      bricks: ['10.0.0.1:/data/brick', '10.0.0.2:/data/brick'],
      options: { 'user.heketi.id': '007' },
      shape: { type: '', replica: 0, arbiters: 0, disperse: 0, redundancy: 0 },
    });
    expect(parseAllVolumes(info)).toHaveLength(1);
  });

  it('say by number that there is no such volume', () => {
    expect(parseVolumeInfo(noVolume)).toBeUndefined();
  });

  it('are an error when gluster failed for another reason', () => {
    expect(() => parseVolumeInfo(answer(head(-1, 2, 'Request timed out')))).toThrow(/Request timed out/);
  });

  it('tell no volumes at all', () => {
    expect(
      parseAllVolumes(answer(`${head(0, 0, '')}<volInfo><volumes><count>0</count></volumes></volInfo>`)),
    ).toEqual([]);
  });

  it('tell the UUID of a new volume', () => {
    expect(
      parseCreatedUuid(
        answer(`${head(0, 0, '')}<volCreate><volume><name>v</name><id>u-1</id></volume></volCreate>`),
      ),
    ).toBe('u-1');
  });

  it('tell the peers with all their names', () => {
    const peers = answer(
      `${head(0, 0, '')}<peerStatus><peer><uuid>c6</uuid><hostname>10.0.0.2</hostname><hostnames><hostname>10.0.0.2</hostname><hostname>node2</hostname></hostnames><connected>1</connected><state>3</state><stateStr>Peer in Cluster</stateStr></peer><peer><uuid>cc</uuid><hostname>localhost</hostname><connected>1</connected></peer></peerStatus>`,
    );
    expect(parsePool(peers)).toEqual([
      { uuid: 'c6', names: ['10.0.0.2', 'node2'], isConnected: true, isMember: true },
      { uuid: 'cc', names: ['localhost'], isConnected: true, isMember: true },
    ]);
  });

  it('count snapshots', () => {
    expect(
      parseSnapshotCount(
        answer(`<opRet>0</opRet><opErrno>0</opErrno><opErrstr/><snapList><count>2</count></snapList>`),
      ),
    ).toBe(2);
  });

  it('tell a held lock from a refusal', () => {
    const failed = (words: string, errno: number): AppError =>
      new AppError('node.command_failed', 'x', {
        details: { host: 'node1', nodeId: 'n', label: 'set options', stdout: answer(head(-1, errno, words)) },
      });
    expect(
      glusterFailure(
        failed('Another transaction is in progress for v1. Please try again after some time.', 30802),
      ),
    ).toMatchObject({ isBusy: true });
    expect(glusterFailure(failed('option : nonsense.x does not exist', 30800))).toMatchObject({
      isBusy: false,
    });
    expect(withGlustersWords(failed('option : nonsense.x does not exist', 30800))).toMatchObject({
      code: 'gluster.failed',
      message: 'node1: set options: option : nonsense.x does not exist',
    });
  });

  it.each([
    '',
    '<cliOutput>',
    '<a><b></a>',
    answer(''),
    answer('<opRet>0</opRet>'),
    'Connection failed. Please check if gluster daemon is operational.',
    info.slice(0, 300),
  ])('that cannot be read are an error, never "not there": %j', (output) => {
    expect(() => parseVolumeInfo(output)).toThrow(/cannot be read/);
  });

  it('never crash the reader', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => answer(head(0, 0, '') + text.replace(/[<&]/g, ''))),
        ),
        (output) => {
          for (const parse of [parseVolumeInfo, parsePool, parseSnapshotCount, parseCreatedUuid]) {
            try {
              parse(output);
            } catch (thrown) {
              expect(thrown).toBeInstanceOf(AppError);
            }
          }
        },
      ),
    );
  });
});

describe("gluster's answers about snapshots", () => {
  const snapshot = (inner: string): string =>
    `<snapshot><name>s1</name><uuid>0f9c4a44-7d2f-4c7e-9f3b-0c5f7ad1b9d2</uuid>${inner}<volCount>1</volCount><snapVolume><name>${'ab'.repeat(16)}</name><status>Stopped</status></snapVolume></snapshot>`;
  const list = (count: number, snapshots: string): string =>
    answer(
      `${head(0, 0, '')}<snapInfo><originVolume><name>v1</name><snapCount>${count}</snapCount><snapRemaining>255</snapRemaining></originVolume><count>${count}</count>${snapshots}</snapInfo>`,
    );

  it('tell each with its description, time and state', () => {
    const told = snapshot(
      '<description>mortar.operation=1f</description><createTime>2026-11-21 08:21:30 +0100</createTime>',
    );
    expect(parseSnapshots(list(1, `<snapshots>${told}</snapshots>`))).toEqual([
      {
        name: 's1',
        uuid: '0f9c4a44-7d2f-4c7e-9f3b-0c5f7ad1b9d2',
        description: 'mortar.operation=1f',
        createdAtMs: Date.UTC(2026, 10, 21, 7, 21, 30),
        volumeName: 'ab'.repeat(16),
        isActivated: false,
      },
    ]);
  });

  it('may say nothing of zone and description, or that there is none', () => {
    const told = snapshot('<createTime>2026-11-21 08:21:30</createTime>');
    expect(parseSnapshots(list(1, `<snapshots>${told}</snapshots>`))).toMatchObject([
      { description: '', createdAtMs: Date.UTC(2026, 10, 21, 8, 21, 30) },
    ]);
    const odd = snapshot('<createTime>yesterday</createTime>');
    expect(parseSnapshots(list(1, `<snapshots>${odd}</snapshots>`))).toMatchObject([{ createdAtMs: null }]);
    expect(parseSnapshots(list(0, '<snapshots/>'))).toEqual([]);
  });

  it('say by number that there is no such volume, and are not believed when they contradict themselves', () => {
    expect(parseSnapshots(answer(head(-1, 30806, 'Volume (v1) does not exist')))).toBeUndefined();
    expect(parseSnapshots(answer(head(-1, 30800, 'Volume (v1) does not exist')))).toBeUndefined();
    expect(() => parseSnapshots(answer(head(-1, 30800, 'no')))).toThrow('gluster snapshot info: no');
    expect(() => parseSnapshots(list(2, '<snapshots/>'))).toThrow(AppError);
  });
});
