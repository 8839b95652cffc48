import { group, key, optionalKey } from '../definition.ts';
import { readHttpPort } from '../heketi/values.ts';
import { boolean, integer, oneOf, path, secret } from '../kinds.ts';
import { listenAddress } from '../listen.ts';

export const listen = key(listenAddress, {
  default: '127.0.0.1:8080',
  about:
    'Address that the API listens on. The default answers this machine only; `:8080` answers on all interfaces.',
  heketi: [{ name: 'HEKETI_HTTP_PORT', read: readHttpPort }],
  flag: { flag: '--listen', field: 'listen' },
});

export const tls = group('HTTPS. Both files or neither. Read again when they change, and on SIGHUP.', {
  cert_file: optionalKey(path, { about: 'PEM file with the certificate of the server and its chain.' }),
  key_file: optionalKey(path, { about: 'PEM file with the private key of the certificate.' }),
  min_version: key(oneOf(['TLSv1.2', 'TLSv1.3']), {
    default: 'TLSv1.2',
    about: 'Oldest version of TLS that is spoken.',
  }),
  watch_seconds: key(integer({ min: 0, max: 86_400, note: '0 means only on SIGHUP' }), {
    default: 30,
    about: 'How often it is looked whether the files changed.',
  }),
});

export const auth = group(
  'Who may do what. Clients sign tokens with one of two keys: the administrator may do everything, the user only list and create volumes (`/volumes`).',
  {
    enabled: key(boolean, {
      default: true,
      about: 'Whether requests need a token. Without, whoever reaches the port is administrator.',
      flag: { flag: '--disable-auth', field: 'disableAuth', sets: false },
    }),
    admin_key: optionalKey(secret, {
      about: 'Key of the administrator. Better in a file or a variable than here.',
      heketi: [{ name: 'HEKETI_ADMIN_KEY' }],
    }),
    admin_key_file: optionalKey(path, { about: 'File that holds the key of the administrator.' }),
    user_key: optionalKey(secret, {
      about: 'Key of the user.',
      heketi: [{ name: 'HEKETI_USER_KEY' }],
    }),
    user_key_file: optionalKey(path, { about: 'File that holds the key of the user.' }),
    iat_leeway_seconds: key(integer({ min: 0, max: 86_400 }), {
      default: 120,
      about: "How far a client's clock may be ahead of the server's.",
      heketi: [{ name: 'HEKETI_JWT_IAT_LEEWAY_SECONDS' }],
    }),
  },
);

export const adminState = key(oneOf(['normal', 'read-only', 'local-client']), {
  default: 'normal',
  about:
    'State that the server starts in. `read-only` refuses changes; `local-client` takes them from this machine only.',
  heketi: [{ name: 'HEKETI_DEFAULT_STATE' }],
});

export const database = group('Where Mortar remembers what it promised.', {
  path: key(path, {
    default: 'mortar.db',
    about: 'SQLite file; made when it does not exist. Not a database of Heketi: import its dump instead.',
    heketi: [{ name: 'HEKETI_DB_PATH' }],
    flag: { flag: '--db', field: 'db' },
  }),
  when_locked: key(oneOf(['fail', 'wait']), {
    default: 'fail',
    about:
      'What to do at start when another manager has the database: give up, or wait for it (a stand-by manager).',
  }),
});

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const heketiLevels = { none: 'silent', critical: 'fatal', warning: 'warn' } as const;

export const log = group('The log on standard output.', {
  level: key(oneOf(levels, { aliases: heketiLevels }), {
    default: 'info',
    about: 'Least severity that is logged.',
    heketi: [{ name: 'HEKETI_GLUSTERAPP_LOGLEVEL' }],
    flag: { flag: '--log-level', field: 'logLevel' },
  }),
  format: key(oneOf(['json', 'pretty']), {
    default: 'json',
    about: 'One JSON object a line for machines, or coloured lines for people.',
  }),
});
