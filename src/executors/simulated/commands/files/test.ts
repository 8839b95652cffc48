import { type Answer, done, failed } from '../../world/answer.ts';
import { findDevice } from '../../world/devices.ts';
import { lookUp } from '../../world/files.ts';
import { type Call, NotSimulated } from '../program.ts';

type Check = (call: Call, path: string) => boolean;

const isDevice: Check = ({ world, node }, path) =>
  path.startsWith('/dev/') && findDevice(world, node, path) !== undefined;

const checks: Readonly<Record<string, Check>> = {
  '-b': isDevice,
  '-e': (call, path) => isDevice(call, path) || lookUp(call.node, path).entry !== undefined,
  '-d': ({ node }, path) => lookUp(node, path).entry?.kind === 'folder',
  '-f': ({ node }, path) => lookUp(node, path).entry?.kind === 'file',
  '-L': ({ node }, path) => lookUp(node, path, false).entry?.kind === 'link',
};

/** `test [!] -b|-e|-d|-f|-L PATH`. */
export function test(call: Call): Answer {
  const isNegated = call.args[0] === '!';
  const [operator = '', path = ''] = isNegated ? call.args.slice(1) : call.args;
  const check = checks[operator];
  if (check === undefined) throw new NotSimulated(`test ${call.args.join(' ')}`);
  return check(call, path) === isNegated ? failed(1) : done();
}
