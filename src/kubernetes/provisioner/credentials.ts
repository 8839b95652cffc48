import type { PersistentVolume, StorageClass } from '../objects.ts';
import { readClassParameters } from './class-parameters.ts';
import { wrong } from './failure.ts';
import { annotations } from './names.ts';
import type { Credentials } from './servers.ts';

/**
 * Where the volume of a PersistentVolume is and who may delete it: as it was recorded, so that it does not depend on the
 * class. Only a key in clear text stands in the class alone.
 *
 * @throws ProvisionFailure when neither says it.
 */
export function recordedCredentials(
  { metadata, spec }: PersistentVolume,
  storageClass: StorageClass | undefined,
): Credentials {
  const server = metadata.annotations[annotations.server] ?? '';
  const user = metadata.annotations[annotations.user] ?? '';
  const [namespace = '', name = ''] = (metadata.annotations[annotations.secret] ?? '').split('/');
  if (server === '') {
    throw wrong(
      `the PersistentVolume has no annotation ${annotations.server}; write the address of Mortar there`,
    );
  }
  if (name !== '') return { server, user, userKey: '', secret: { namespace, name } };
  if (user === '') return { server, user, userKey: '', secret: undefined };
  if (storageClass === undefined) {
    throw wrong(
      `the class ${spec.storageClassName}, which had the key of Mortar, is gone; make it again, or write the annotation ${annotations.secret}: NAMESPACE/SECRET`,
    );
  }
  const { userKey, secret } = readClassParameters(storageClass.parameters);
  return { server, user, userKey, secret };
}
