import { group, key, optionalKey } from '../definition.ts';
import { integer, path, secret, text } from '../kinds.ts';
import { bucketName, objectPrefix, s3Endpoint, s3Word } from '../text-rules.ts';

const days = 36_500;

const s3 = group(
  'A bucket of an S3-compatible server, which then takes the backups instead of the folder. The bucket is named in the path of requests.',
  {
    endpoint: key(text(s3Endpoint), {
      default: 'https://s3.amazonaws.com',
      about: 'Address of the server.',
    }),
    bucket: optionalKey(text(bucketName), { about: 'Name of the bucket; without it there is none.' }),
    prefix: key(text(objectPrefix), {
      default: '',
      about: 'What the names of the objects begin with, such as `mortar/east/`. Each manager needs its own.',
    }),
    region: key(text(s3Word), { default: 'us-east-1', about: 'Region of the bucket.' }),
    access_key: optionalKey(text(s3Word), { about: 'Id of the access key.' }),
    secret_key: optionalKey(secret, {
      about: 'Secret of the access key. Better in a file or a variable than here.',
    }),
    secret_key_file: optionalKey(path, { about: 'File that holds the secret of the access key.' }),
  },
);

export const backup = group('Copies of the database.', {
  interval_hours: key(integer({ min: 0, max: 8760, note: '0: only when asked for' }), {
    default: 24,
    about: 'Time from one backup to the next.',
  }),
  folder: optionalKey(path, {
    about:
      'Folder for the backups; when absent `backups` in the folder of the database. Better on another disk.',
  }),
  keep_count: key(integer({ min: 1, max: 10_000 }), {
    default: 30,
    about: 'How many backups are kept. Old ones go only after a new one was made and read back.',
  }),
  keep_days: key(integer({ min: 0, max: days, note: '0 means no limit' }), {
    default: 0,
    about: 'How long a backup is kept; the newest stays however old it is.',
  }),
  s3,
});
