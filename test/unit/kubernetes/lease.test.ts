import { describe, expect, it, onTestFinished } from 'vitest';
import { LeaseElection, LeaseLost } from '../../../src/kubernetes/lease.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { FakeKube } from '../../support/fake-kube.ts';

function candidate(kube: FakeKube, identity: string, durationMs = 150) {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const lease = new LeaseElection({
    api: kube,
    namespace: 'mortar',
    name: 'the-lease',
    identity,
    durationMs,
    // As in earnest: parts of milliseconds.
    clock: { ...systemClock, now: () => performance.now() },
    wallMs: () => Date.now(),
    log: silentLog,
  });
  return { lease, ended, signal: ended.signal };
}

const holder = (kube: FakeKube): unknown => kube.get('leases', 'the-lease', 'mortar')?.spec.holderIdentity;

describe('the lease', () => {
  it('has one holder; another one waits until it is given up', async () => {
    const kube = new FakeKube();
    // Long enough that a busy machine renews in time.
    const [a, b] = [candidate(kube, 'a', 5000), candidate(kube, 'b', 5000)];
    await a.lease.acquire(a.signal);
    const held = a.lease.hold(a.signal);
    let isSecond = false;
    const second = b.lease.acquire(b.signal).then(() => (isSecond = true));
    const versionOf = () => Number(kube.get('leases', 'the-lease', 'mortar').metadata.resourceVersion);
    await expect.poll(versionOf).toBeGreaterThan(2);
    expect([holder(kube), isSecond]).toEqual(['a', false]);
    a.ended.abort();
    await held;
    await a.lease.release();
    await second;
    expect(kube.get('leases', 'the-lease', 'mortar').spec).toMatchObject({
      holderIdentity: 'b',
      leaseTransitions: 1,
    });
  });

  it('of one that died is taken over when it has been silent long enough', async () => {
    const kube = new FakeKube();
    const [a, b] = [candidate(kube, 'a'), candidate(kube, 'b')];
    await a.lease.acquire(a.signal);
    await b.lease.acquire(b.signal);
    expect(holder(kube)).toBe('b');
    await expect(a.lease.hold(a.signal)).rejects.toThrow(LeaseLost);
  });

  it('is lost in time when the API server does not answer any more', async () => {
    const kube = new FakeKube();
    const a = candidate(kube, 'a');
    await a.lease.acquire(a.signal);
    kube.before = () => {
      throw new Error('no answer');
    };
    await expect(a.lease.hold(a.signal)).rejects.toThrow(/lease the-lease was lost/);
  });

  it('is made by one of many who begin together', async () => {
    const kube = new FakeKube();
    const all = ['a', 'b', 'c'].map((name) => candidate(kube, name, 60_000));
    const first = await Promise.any(
      all.map(({ lease, signal }, index) => lease.acquire(signal).then(() => index)),
    );
    expect(holder(kube)).toBe(['a', 'b', 'c'][first]);
  });
});
