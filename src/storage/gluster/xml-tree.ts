/** An element as its text, or as its children by name; attributes are left out. */
type XmlValue = string | XmlElement | readonly XmlValue[];
interface XmlElement {
  readonly [name: string]: XmlValue;
}

type Children = Record<string, string | XmlElement | XmlValue[]>;

/** What the reader must know of the answers beforehand. */
export interface XmlShape {
  /** Whether elements of that name under that parent are a list, even when there is one of them. */
  readonly isList: (name: string, parent: string) => boolean;
  /** Whether there is text beside the children of elements of that name; it is left out. Anywhere else it is a broken tag. */
  readonly isMixed: (name: string) => boolean;
}

interface Open {
  readonly name: string;
  children: Children | undefined;
  text: string;
}

const declaration = /^\uFEFF?\s*<\?xml\s[^<>]*\?>/;
const tag = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const reference = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));|&/g;
const named = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** gluster's answers are never so deep. */
const deepest = 100;

/**
 * Reads the XML that gluster writes: one root, elements, text, attributes. What gluster never writes (DOCTYPE, CDATA,
 * comments, entities of one's own) is refused. By hand, since a parser for all of XML takes many times as long, and every
 * creation and deletion reads some of these.
 *
 * @returns the root by its name. @throws SyntaxError
 */
export function readXml(text: string, shape: XmlShape): XmlElement {
  const root: Open = { name: '', children: undefined, text: '' };
  const open: Open[] = [root];
  let at = declaration.exec(text)?.[0].length ?? 0;
  while (at < text.length) {
    const current = open.at(-1) ?? root;
    const next = text.indexOf('<', at);
    const end = next === -1 ? text.length : next;
    if (end > at) current.text += plain(text.slice(at, end));
    if (next === -1) break;
    at = readTag(text, next, open, shape);
  }
  if (open.length > 1) throw fault(at, `<${open.at(-1)?.name}> is not closed`);
  return onlyChild(root);
}

function onlyChild({ children, text }: Open): XmlElement {
  const [name, ...others] = Object.keys(children ?? {});
  const isOne = name !== undefined && others.length === 0 && !Array.isArray(children?.[name]);
  if (children === undefined || !isOne || text.trim() !== '') throw fault(0, 'it is not one element');
  return children;
}

/** @returns where the text goes on. */
function readTag(text: string, at: number, open: Open[], shape: XmlShape): number {
  tag.lastIndex = at;
  const found = tag.exec(text);
  if (found === null) throw fault(at, 'a tag is expected');
  const [whole, closing, name = '', attributes, empty] = found;
  if (closing === '/') {
    if (attributes !== '' || empty !== '') throw fault(at, 'a closing tag has more than a name');
    close(at, name, open, shape);
  } else {
    open.push({ name, children: undefined, text: '' });
    if (open.length > deepest) throw fault(at, 'it is too deep');
    if (empty === '/') close(at, name, open, shape);
  }
  return at + whole.length;
}

function close(at: number, name: string, open: Open[], { isList, isMixed }: XmlShape): void {
  const element = open.pop();
  const parent = open.at(-1);
  if (element === undefined || parent === undefined || element.name !== name)
    throw fault(at, `</${name}> closes nothing`);
  const text = element.text.trim();
  if (element.children !== undefined && text !== '' && !isMixed(name))
    throw fault(at, `<${name}> has text beside its elements`);
  const value = element.children ?? text;
  // Without a prototype: a name is a name, `__proto__` too.
  parent.children ??= Object.create(null) as Children;
  const before = parent.children[name];
  if (before === undefined) parent.children[name] = isList(name, parent.name) ? [value] : value;
  else if (Array.isArray(before)) before.push(value);
  else parent.children[name] = [before, value];
}

function plain(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(reference, (whole, name?: string, decimal?: string, hex?: string) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const character = name === undefined ? characterOf(code) : named.get(name);
    if (character === undefined) throw fault(0, `${whole} stands for nothing`);
    return character;
  });
}

const characterOf = (code: number): string | undefined =>
  code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined;

const fault = (at: number, words: string): SyntaxError => new SyntaxError(`at character ${at}: ${words}`);
