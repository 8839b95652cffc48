/**
 * Building blocks of the wire's schemas. The messages are the contract's (wire contract section 2): what a schema says
 * here is what a client reads. A wrong type is "unable to be parsed"; a wrong value is "validation failed: …".
 */
import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

extendZodWithOpenApi(z);

export { z };

const blank = 'cannot be blank';
export const badFormat = 'must be in a valid format';

const isBlank = (value: unknown): boolean =>
  value === 0 || value === '' || (Array.isArray(value) && value.length === 0);

/** A field that must be there and not be zero, empty or an empty list. */
export const required = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.refine((value) => !isBlank(value), { error: blank, abort: true });

const idPattern = /^[0-9a-fA-F]{32}$/;

/** An id in a request body (wire contract section 1.2). */
export const idInBody = z
  .string()
  .refine((value) => idPattern.test(value), {
    error: ({ input }) => (input === '' ? blank : `${String(input)} is not a valid UUID`),
    abort: true,
  })
  .openapi({ example: '9e107d9d372bb6826bd81d3542a419d6' });

/** An id in an answer. */
export const id = z
  .string()
  .openapi({ pattern: '^[0-9a-f]{32}$', example: '9e107d9d372bb6826bd81d3542a419d6' });

export const idList = z.array(id);

const namePattern = /^[a-zA-Z0-9_-]+$/;

/** Gluster keeps a volume's name in a buffer of 256 bytes, with a suffix of its own; a longer one fails on the nodes. */
const longestVolumeName = 251;

/** A volume's name; empty stands for the default name. */
export const volumeName = z
  .string()
  .max(longestVolumeName, { error: `must be at most ${longestVolumeName} characters` })
  .refine((value) => value === '' || namePattern.test(value), { error: badFormat })
  .openapi({ pattern: '^[a-zA-Z0-9_-]*$' });

export const entryState = z.enum(['online', 'offline', 'failed']);

const hostLabel = /^[a-zA-Z0-9_]{1}[a-zA-Z0-9_-]{0,62}$/;
const ipv4Pattern = /^\d{1,3}(\.\d{1,3}){3}$/;
const ipv6Pattern = /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/;

/** A DNS name or an IP address (wire contract section 1.5). */
function isHostName(text: string): boolean {
  if (ipv6Pattern.test(text)) return URL.canParse(`http://[${text}]/`);
  if (ipv4Pattern.test(text)) return text.split('.').every((part) => Number(part) <= 255);
  const labels = text.replace(/[._]$/, '').split('.');
  return text.replaceAll('.', '').length <= 255 && labels.every((label) => hostLabel.test(label));
}

/** The list of a node's host names; the whole list is named when one of them is no host name. */
export const hostNames = (role: 'manage' | 'storage') =>
  required(z.array(z.string())).refine((names) => names.every(isHostName), {
    error: ({ input }) => `[${(input as string[]).join(' ')}] is not a valid ${role} hostname`,
  });

const tagNamePattern = /^[a-zA-Z0-9_.-]+$/;
const maxTags = 32;
const maxTagName = 32;
const maxTagValue = 64;

/** The contract's complaint about a set of tags (section 10), or undefined. */
function tagFault(tags: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(tags);
  if (entries.length > maxTags)
    return `too many tags specified (${entries.length}), up to ${maxTags} supported`;
  for (const [name, value] of entries) {
    if (name === '') return 'tag names may not be empty';
    if (name.length > maxTagName) return `tag name ${name}: the length must be between 1 and ${maxTagName}`;
    if (!tagNamePattern.test(name)) return `invalid characters in tag name ${name}`;
    if (value.length > maxTagValue)
      return `value of tag ${name}: the length must be no more than ${maxTagValue}`;
  }
  return undefined;
}

export const tags = z
  .record(z.string(), z.string())
  .superRefine((value, context) => {
    const fault = tagFault(value);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  })
  .openapi({ example: { rack: 'r7' } });

export const healCheck = z
  .string()
  .refine((value) => ['', 'enable', 'disable'].includes(value), {
    error: ({ input }) => `${String(input)} is not valid heal info check`,
  })
  .openapi({ enum: ['', 'enable', 'disable'] });
