import { describe, expect, it } from 'vitest';
import { formatEndpoint, socketError } from '../../../../src/executors/ssh/open-socket.ts';

const to = { host: { nodeId: 'n1', address: 'node1' }, port: 2222 };
const fault = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

describe('a connection that fails', () => {
  it.each([
    ['ENOTFOUND', 'node.name_unresolved', 'the name does not resolve (ENOTFOUND)'],
    ['EAI_AGAIN', 'node.name_unresolved', 'the name does not resolve (EAI_AGAIN)'],
    ['ECONNREFUSED', 'node.unreachable', 'cannot be reached at node1:2222: connection refused'],
    ['EHOSTUNREACH', 'node.unreachable', 'cannot be reached at node1:2222: no route to host'],
    ['ETIMEDOUT', 'node.unreachable', 'cannot be reached at node1:2222: no answer'],
    ['ESOMETHING', 'node.unreachable', 'cannot be reached at node1:2222: ESOMETHING'],
  ])('with %s is %s', (code, expected, text) => {
    expect(socketError(to, fault(code))).toMatchObject({ code: expected, message: `node1: ${text}` });
  });

  it('for every address of a name says why for each', () => {
    const all = new AggregateError([fault('ECONNREFUSED'), fault('ENETUNREACH'), fault('ECONNREFUSED')]);
    expect(socketError(to, all).message).toBe(
      'node1: cannot be reached at node1:2222: connection refused, network is unreachable',
    );
  });

  it('without a code says what it has', () => {
    expect(socketError(to, new Error('odd')).message).toBe('node1: cannot be reached at node1:2222: odd');
  });
});

it('writes an IPv6 address with brackets', () => {
  expect(formatEndpoint({ host: { nodeId: 'n1', address: 'fd00::1' }, port: 22 })).toBe('[fd00::1]:22');
});
