import { describe, expect, it } from 'vitest';
import { countingApi } from '../../../src/kubernetes/counting-api.ts';
import { type KubeApi, type KubeCall, paths } from '../../../src/kubernetes/kube-api.ts';

const silent: KubeApi = {
  request: () => Promise.resolve(undefined),
  async *watch() {},
};

describe('requests to the API server are counted by verb and resource', () => {
  it.each<[KubeCall, string]>([
    [{ method: 'GET', path: paths.claims }, 'list persistentvolumeclaims'],
    [{ method: 'GET', path: paths.claim('team', 'data') }, 'get persistentvolumeclaims'],
    [{ method: 'PATCH', path: `${paths.claim('team', 'data')}/status` }, 'patch persistentvolumeclaims'],
    [{ method: 'POST', path: paths.volumes }, 'create persistentvolumes'],
    [{ method: 'DELETE', path: paths.volume('pvc-1') }, 'delete persistentvolumes'],
    [{ method: 'GET', path: paths.classes }, 'list storageclasses'],
    [{ method: 'PUT', path: paths.leases('mortar', 'one') }, 'update leases'],
    [{ method: 'POST', path: paths.inNamespace('team', 'events') }, 'create events'],
  ])('%j', async (call, expected) => {
    const counted: string[] = [];
    await countingApi(silent, (verb, resource) => counted.push(`${verb} ${resource}`)).request(call);
    expect(counted).toEqual([expected]);
  });

  it('watches as well', () => {
    const counted: string[] = [];
    countingApi(silent, (verb, resource) => counted.push(`${verb} ${resource}`)).watch(
      paths.claims,
      {},
      new AbortController().signal,
    );
    expect(counted).toEqual(['watch persistentvolumeclaims']);
  });
});
