/** The Mortar servers that classes name, each with the key of its user. */
import type { Client, ClientOptions } from '../../client/client.ts';
import { ClientError, TransportError } from '../../client/client-error.ts';
import type { Clock } from '../../lib/clock.ts';
import { isNotFound, type KubeApi, KubeError, paths } from '../kube-api.ts';
import { secretSchema } from '../objects.ts';
import type { ClassParameters, SecretName } from './class-parameters.ts';
import { ProvisionFailure } from './failure.ts';

export type Credentials = Pick<ClassParameters, 'server' | 'user' | 'userKey' | 'secret'>;

export interface ServersOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  createClient(options: Pick<ClientOptions, 'server' | 'user' | 'key'>): Client;
}

interface KeptKey {
  readonly key: string;
  readonly readAtMs: number;
}

/** A changed secret is picked up after so long, or as soon as its old key is refused. */
const keptMs = 60_000;
const secretType = 'kubernetes.io/glusterfs';

export class Servers {
  readonly #options: ServersOptions;
  readonly #keys = new Map<string, KeptKey>();
  readonly #clients = new Map<string, { readonly key: string; readonly client: Client }>();

  constructor(options: ServersOptions) {
    this.#options = options;
  }

  /**
   * Lets work ask a server. When the key is refused the secret is read again, and if it has another key by now, the work
   * is done again with that.
   *
   * @throws ProvisionFailure in the words of a user; the signal's reason.
   */
  async ask<T>(
    credentials: Credentials,
    work: (client: Client) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const key = await this.#keyOf(credentials, signal);
    try {
      return await work(this.#clientOf(credentials, key));
    } catch (thrown) {
      signal.throwIfAborted();
      if (credentials.secret === undefined || !isRefusal(thrown)) throw explain(thrown, credentials);
      this.#keys.delete(nameOf(credentials.secret));
    }
    const newKey = await this.#keyOf(credentials, signal);
    try {
      return await work(this.#clientOf(credentials, newKey));
    } catch (thrown) {
      signal.throwIfAborted();
      throw explain(thrown, credentials);
    }
  }

  close(): void {
    for (const { client } of this.#clients.values()) client.close();
  }

  async #keyOf({ secret, userKey }: Credentials, signal: AbortSignal): Promise<string> {
    if (secret === undefined) return userKey;
    const name = nameOf(secret);
    const kept = this.#keys.get(name);
    const nowMs = this.#options.clock.now();
    if (kept !== undefined && nowMs - kept.readAtMs < keptMs) return kept.key;
    const key = await readKey(this.#options.api, secret, signal);
    this.#keys.set(name, { key, readAtMs: nowMs });
    return key;
  }

  #clientOf({ server, user }: Credentials, key: string): Client {
    const id = `${user}@${server}`;
    const kept = this.#clients.get(id);
    if (kept?.key === key) return kept.client;
    const client = this.#options.createClient({ server, user, key });
    this.#clients.set(id, { key, client });
    return client;
  }
}

const nameOf = ({ namespace, name }: SecretName): string => `${namespace}/${name}`;

const passing = (message: string, cause?: unknown): ProvisionFailure =>
  new ProvisionFailure('passing', message, cause);

async function readKey(api: KubeApi, secret: SecretName, signal: AbortSignal): Promise<string> {
  const name = nameOf(secret);
  const sent = await api
    .request({ method: 'GET', path: paths.secret(secret.namespace, secret.name), signal })
    .catch((thrown: unknown) => {
      throw explainSecret(thrown, name);
    });
  const { type, data } = secretSchema.parse(sent);
  if (type !== secretType) {
    throw passing(`the secret ${name} has the type ${type}; make it again with the type ${secretType}`);
  }
  const names = Object.keys(data);
  const [only = ''] = names;
  const chosen = Object.hasOwn(data, 'key') ? 'key' : only;
  if (names.length === 0) throw passing(`the secret ${name} is empty; put Mortar's key into its entry "key"`);
  if (chosen !== 'key' && names.length > 1) {
    throw passing(`the secret ${name} has no entry "key", and several others; put Mortar's key into "key"`);
  }
  const key = Buffer.from(data[chosen] ?? '', 'base64').toString('utf8');
  if (key === '')
    throw passing(`the entry "${chosen}" of the secret ${name} is empty; put Mortar's key there`);
  return key;
}

function explainSecret(thrown: unknown, name: string): unknown {
  if (isNotFound(thrown))
    return passing(`there is no secret ${name}; make it, with the type ${secretType}`, thrown);
  if (thrown instanceof KubeError && thrown.status === 403) {
    return passing(
      `the secret ${name} may not be read by the provisioner; allow it with a Role in that namespace`,
      thrown,
    );
  }
  return thrown;
}

/** Mortar knows no volume of that id. That some server has no such page (another 404) says nothing. */
export const isUnknownId = (thrown: unknown): boolean =>
  thrown instanceof ClientError && thrown.status === 404 && /^id not found$/i.test(thrown.message.trim());

const isRefusal = (thrown: unknown): boolean => thrown instanceof ClientError && thrown.status === 401;

/** What Mortar's answer, or its silence, means for a claim. */
function explain(thrown: unknown, credentials: Credentials): unknown {
  if (!(thrown instanceof ClientError)) return thrown;
  const { server } = credentials;
  const { message, status } = thrown;
  if (thrown instanceof TransportError)
    return passing(`Mortar at ${server} cannot be reached: ${message}`, thrown);
  if (status === 401) return passing(`${refusalWords(thrown, credentials)}: ${message}`, thrown);
  if (status === 400 || (status === 422 && thrown.code === 'request.invalid')) {
    return new ProvisionFailure('wrong', `Mortar refused the request: ${message}`, thrown);
  }
  return passing(message, thrown);
}

function refusalWords({ message }: ClientError, { server, user, secret }: Credentials): string {
  const who = `Mortar at ${server} refused the user "${user}"`;
  if (/clock|expired|not valid yet/i.test(message)) return `${who}; compare the clocks of the two machines`;
  if (/administrator/i.test(message)) return `${who}, who is no administrator; write restuser: admin`;
  if (/signature/i.test(message)) {
    return secret === undefined
      ? `${who}; compare restuserkey with Mortar's key`
      : `${who}; compare the key in the secret ${nameOf(secret)} with Mortar's`;
  }
  return who;
}
