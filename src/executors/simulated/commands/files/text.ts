/** Programs that look into text: grep and sed, in the few forms that are used. */
import { type Answer, done, failed } from '../../world/answer.ts';
import { lookUp, readText } from '../../world/files.ts';
import { parseOptions } from '../options.ts';
import { type Call, NotSimulated } from '../program.ts';

/** `grep -qF WORDS FILE`: exit code 1 when no line holds them, 2 without the file. */
export function grep(call: Call): Answer {
  const options = parseOptions(call.args, { flags: ['-qF', '-q', '-F'] });
  if (!options.has('-qF')) throw new NotSimulated('grep without -qF');
  const [words = '', path = ''] = options.rest;
  const text = readText(call.node, path);
  if (text === undefined) return failed(2, `grep: ${path}: No such file or directory`);
  return text.split('\n').some((line) => line.includes(words)) ? done() : failed(1);
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
