import { describe, expect, it } from 'vitest';
import { ApiFailure, apiError } from '../../../../src/executors/kubernetes/api-failure.ts';
import { endOf } from '../../../../src/executors/kubernetes/exec-channel.ts';

const host = { nodeId: 'n1', address: 'storage-1' };
const explain = (failure: ApiFailure): { code: string; message: string } =>
  apiError(failure, 'https://10.0.0.1:6443', host, 'exec in the pod p in namespace storage');
const network = (code: string, message = 'words'): ApiFailure =>
  ApiFailure.ofNetwork(Object.assign(new Error(message), { code }));

describe('what the API server does not grant', () => {
  it.each([
    [network('ECONNREFUSED'), 'kubernetes.unreachable', 'cannot be reached: connection refused'],
    [network('ENOTFOUND'), 'kubernetes.unreachable', 'its name does not resolve'],
    [network('STRANGE', 'broke'), 'kubernetes.unreachable', 'cannot be reached: broke'],
    [network('SELF_SIGNED_CERT_IN_CHAIN'), 'kubernetes.certificate_unknown', 'is not trusted: words'],
    [network('ERR_TLS_CERT_ALTNAME_INVALID'), 'kubernetes.certificate_unknown', 'is not trusted'],
    [ApiFailure.ofAnswer(401, '{"message":"Unauthorized"}'), 'kubernetes.unauthorized', 'Unauthorized'],
    [
      ApiFailure.ofAnswer(403, '{"message":"pods is forbidden"}'),
      'kubernetes.forbidden',
      'does not allow to exec in the pod p in namespace storage: pods is forbidden',
    ],
    [ApiFailure.ofAnswer(503, '<html>'), 'kubernetes.unreachable', 'could not exec in the pod p'],
    [ApiFailure.ofAnswer(500, ''), 'kubernetes.unreachable', 'status 500'],
  ])('is an error of its own: %s', (failure, code, text) => {
    const error = explain(failure);
    expect(error).toMatchObject({ code, details: { nodeId: 'n1', host: 'storage-1' } });
    expect(error.message).toMatch(/^storage-1: /);
    expect(error.message).toContain(text);
  });
});

describe('the last word of a stream', () => {
  const failed = (code: string): string =>
    JSON.stringify({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: code }] },
    });

  it('is an exit code', () => {
    expect(endOf('{"metadata":{},"status":"Success"}')).toEqual({ exitCode: 0 });
    expect(endOf(failed('5'))).toEqual({ exitCode: 5 });
  });

  it('is a signal, where it killed the program', () => {
    expect(endOf(failed('137'))).toEqual({ signal: 'KILL' });
    const words = 'error executing command in container: exit status 137';
    expect(endOf(JSON.stringify({ status: 'Failure', message: words }))).toEqual({ signal: 'KILL' });
  });

  it('is why there is none', () => {
    const words = 'error dialing backend: connection refused';
    expect(endOf(JSON.stringify({ status: 'Failure', message: words }))).toEqual({
      lost: words,
      notStarted: words,
    });
    expect(endOf('nonsense')).toEqual({ lost: 'nonsense', notStarted: 'nonsense' });
  });
});
