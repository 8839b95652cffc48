import { describe, expect, it } from 'vitest';
import { type Given, loadBare, warningsOf } from './support.ts';

/** A start with Heketi's file; home is there. */
function given(file: object, env: Record<string, string> = {}): Given {
  return { file: JSON.stringify(file), fileName: 'heketi.json', env: { HOME: '/root', ...env } };
}

function withKube(executor: string, kubeexec: object): object {
  return { jwt: { admin: { key: 'a' }, user: { key: 'b' } }, glusterfs: { executor, kubeexec } };
}

describe("the section kubeexec of Heketi's file", () => {
  it.each(['kubernetes', 'kube'])('with the executor %s finds pods as kubeexec says', (executor) => {
    const kubeexec = {
      namespace: 'storage',
      gluster_daemonset: true,
      max_connections: -1,
      fstab: '/var/lib/heketi/fstab',
      lvm_wrapper: '/usr/sbin/exec-on-host',
      host: 'https://kubernetes.host:8443',
      disable_timeout_prefix: true,
    };
    const { config, warnings } = loadBare(given(withKube(executor, kubeexec)));
    expect(config).toMatchObject({
      executor: 'kubernetes',
      kubernetes: {
        namespace: 'storage',
        findPodsBy: 'daemonset',
        maxConnections: 0,
        podLabel: 'glusterfs-node',
      },
      lvm: { wrapper: '/usr/sbin/exec-on-host' },
      mounts: { method: 'fstab', fstabFile: '/var/lib/heketi/fstab' },
    });
    const text = warningsOf({ warnings }).join('\n');
    expect(text).toContain('glusterfs.kubeexec.host: has no meaning here: as in Heketi; the service account');
    expect(text).toContain('disable_timeout_prefix: has no meaning here: deadlines are kept by the script');
    expect(text).not.toContain('host keys');
  });

  it('takes names of pods before the daemon set, wherever they stand, and the variables before both', () => {
    const way = (kubeexec: object, env: Record<string, string> = {}): string =>
      loadBare(given(withKube('kubernetes', kubeexec), env)).config.kubernetes.findPodsBy;
    expect(way({})).toBe('label');
    expect(way({ gluster_daemonset: false, use_pod_names: false })).toBe('label');
    expect(way({ use_pod_names: true, gluster_daemonset: true })).toBe('name');
    expect(way({ gluster_daemonset: true, use_pod_names: true })).toBe('name');
    expect(way({}, { HEKETI_KUBE_GLUSTER_DAEMONSET: 'yes' })).toBe('daemonset');
    expect(way({ gluster_daemonset: true }, { HEKETI_KUBE_USE_POD_NAMES: '1' })).toBe('name');
    expect(way({ gluster_daemonset: true }, { HEKETI_KUBE_GLUSTER_DAEMONSET: 'n' })).toBe('label');
    expect(way({ gluster_daemonset: true }, { HEKETI_KUBE_USE_POD_NAMES: '0' })).toBe('daemonset');
  });
});
