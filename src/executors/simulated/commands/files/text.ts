/** Programs that look into text: grep and sed, in the few forms that are used. */
import { type Answer, done, failed } from '../../world/answer.ts';
import { lookUp, readText } from '../../world/files.ts';
import { isMountTable, mountsWith } from '../../world/mounts.ts';
import { isPidFolder, pidLines } from '../gluster/local-bricks.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';
import { baseName, below, globToRegExp } from './find.ts';

/**
 * `grep -qF WORDS FILE`: exit code 1 when no line holds them, 2 without the file; `grep -F -e WORDS… FILE`: the lines that
 * hold one of them; `grep -rHE --include=GLOB PATTERN FOLDER`:
 * lines of the files below a folder; `grep -rHs --include=*.pid . FOLDER`: the pid files of brick processes.
 */
export function grep(call: Call): Answer {
  if (call.args[0] === '-rHE') return grepBelow(call);
  if (call.args[0] === '-rHs') return grepPids(call);
  if (call.args[0] === '-F') return grepWords(call);
  const options = parseOptions(call.args, { flags: ['-qF', '-q'] });
  if (!options.has('-qF')) throw new NotSimulated('grep without -qF');
  const [words = '', path = ''] = options.rest;
  const text = readText(call.node, path);
  if (text === undefined) return failed(2, `grep: ${path}: No such file or directory`);
  return text.split('\n').some((line) => line.includes(words)) ? done() : failed(1);
}

function grepWords(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-F'], values: ['-e'] });
  const [path = ''] = options.rest;
  const words = options.values('-e');
  if (isMountTable(path)) return found(mountsWith(call.node, words));
  const text = readText(call.node, path);
  if (text === undefined) return failed(2, `grep: ${path}: No such file or directory`);
  return found(linesOf(text).filter((line) => words.some((word) => line.includes(word))));
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');
const found = (lines: readonly string[]): Answer =>
  lines.length === 0 ? failed(1) : done(lines.map((line) => `${line}\n`).join(''));

function grepBelow({ node, args }: Call): Answer {
  const options = parseOptions(args, { flags: ['-rHE'], values: ['--include'] });
  const [pattern = '', folder = ''] = options.rest;
  const [names, lines] = [globToRegExp(options.value('--include') ?? '*'), new RegExp(pattern)];
  const hits = [...below(node, { path: folder, depth: 0 }, Number.POSITIVE_INFINITY)].flatMap(({ path }) => {
    const { entry } = lookUp(node, path, false);
    if (entry?.kind !== 'file' || !names.test(baseName(path))) return [];
    return entry.text.split('\n').flatMap((line) => (lines.test(line) ? [`${path}:${line}\n`] : []));
  });
  return hits.length === 0 ? failed(1) : done(hits.join(''));
}

function grepPids(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-rHs'], values: ['--include'] });
  const [, folder = ''] = options.rest;
  if (!isPidFolder(folder)) throw new NotSimulated(`grep -rHs in ${folder}`);
  return found(pidLines(call));
}

/** `sed -i -e '\#PATTERN#d' FILE`: deletes lines. */
export function sed(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-i'], values: ['-e'] });
  if (!options.has('-i')) throw new NotSimulated('sed without -i');
  const patterns = options.values('-e').map(deletionPattern);
  const [path = ''] = options.rest;
  const place = lookUp(call.node, path);
  if (place.entry?.kind !== 'file') return failed(2, `sed: can't read ${path}: No such file or directory`);
  const kept = place.entry.text
    .split('\n')
    .filter((line) => !patterns.some((pattern) => pattern.test(line)))
    .join('\n');
  if (kept === place.entry.text) return done();
  call.world.touch();
  place.entry.text = kept;
  return done();
}

function deletionPattern(script: string): RegExp {
  const [, delimiter, body] = /^\\?(.)(.*)\1d$/.exec(script) ?? [];
  if (delimiter === undefined || body === undefined) throw new NotSimulated(`sed ${script}`);
  return new RegExp(fromBasic(body));
}

/** A basic regular expression of POSIX as JavaScript writes it: there `+?(){}|` are plain, and classes have names. */
function fromBasic(pattern: string): string {
  return pattern
    .replaceAll('[[:space:]]', '\\s')
    .replace(/\\(.)|[+?(){}|]/g, (match, escaped: string | undefined) =>
      escaped === undefined ? `\\${match}` : match,
    );
}
