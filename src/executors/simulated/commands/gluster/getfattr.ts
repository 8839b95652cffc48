/** What gluster writes onto the top folders of bricks, as `getfattr` shows it. */
import { type Answer, done, failed } from '../../world/answer.ts';
import type { Folder } from '../../world/file-tree.ts';
import { lookUp } from '../../world/files.ts';
import { isNoticed } from '../../world/healing.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';

/** Every dispersed volume counts as written to, always the same; a new brick has this once its top folder is healed. */
const version = '0x00000000000000040000000000000005';
const rootGfid = '0x00000000000000000000000000000001';

/** `getfattr --absolute-names -d -m PATTERN -e hex FOLDER` */
export function getfattr(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['--absolute-names', '-d'], values: ['-m', '-e'] });
  const [path = '', ...more] = options.rest;
  const isKnown = options.has('--absolute-names') && options.has('-d') && options.value('-e') === 'hex';
  if (!isKnown || more.length > 0) throw new NotSimulated(`getfattr ${call.args.join(' ')}`);
  const { entry } = lookUp(call.node, path);
  if (entry === undefined) return failed(1, `getfattr: ${path}: No such file or directory`);
  if (entry.kind !== 'folder') throw new NotSimulated('getfattr of a file');
  const pattern = new RegExp(options.value('-m') ?? '');
  const lines = attributesOf(call, path, entry)
    .filter(([name]) => pattern.test(name))
    .map(([name, value]) => `${name}=${value}\n`);
  return done(lines.length === 0 ? '' : `# file: ${path}\n${lines.join('')}\n`);
}

function attributesOf({ world, node }: Call, path: string, { volumeId }: Folder): [string, string][] {
  if (volumeId === undefined) return [];
  const volume = world.poolOf(node).volumes.get(node.gluster.bricks.get(path) ?? '');
  const isCounted = volume !== undefined && volume.shape.disperse > 0 && isNoticed(volume, node.name, path);
  return [
    ...(isCounted ? [['trusted.ec.version', version] satisfies [string, string]] : []),
    ['trusted.gfid', rootGfid],
    ['trusted.glusterfs.volume-id', `0x${volumeId.replaceAll('-', '')}`],
  ];
}
