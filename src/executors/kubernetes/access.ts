import { existsSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { AppError } from '../../errors.ts';

export interface AccessOptions {
  /** A kubeconfig; the service account of the pod when absent. */
  readonly kubeconfigFile?: string | undefined;
  /** A context of the kubeconfig; its current one when absent. */
  readonly context?: string | undefined;
}

/** The way to an API server. */
export interface ClusterAccess {
  /** `https://10.96.0.1:443` */
  readonly server: string;
  /** That of the service account or the context. */
  readonly namespace: string;
  /** What a request needs: authorities, client certificate, headers with a token that is still good. */
  requestOptions(): Promise<RequestOptions>;
}

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Reads how the API server is reached and who we are there. Loads the Kubernetes library, which takes more than half a
 * second and 80 MB, so nothing else imports it. What the library has for exec and watches is not used: it hides why a
 * request was refused, and does not notice when a connection is cut.
 *
 * @throws AppError `config.invalid` when neither a kubeconfig nor a service account can be used.
 */
export async function openAccess(options: AccessOptions): Promise<ClusterAccess> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (options.kubeconfigFile === undefined) {
    requireServiceAccount();
    config.loadFromCluster();
  } else {
    readKubeconfig(options.kubeconfigFile, (file) => config.loadFromFile(file));
    selectContext(config, options);
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw invalid(
      `${options.kubeconfigFile}: its context names no cluster`,
      'name another `kubernetes.context`',
    );
  }
  return {
    server: server.replace(/\/+$/, ''),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace || 'default',
    requestOptions: async () => {
      const request: RequestOptions = {};
      await config.applyToHTTPSOptions(request);
      return request;
    },
  };
}

function requireServiceAccount(): void {
  if (process.env['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(serviceAccountToken)) return;
  throw invalid(
    'Mortar does not run in a pod with a service account',
    'set `kubernetes.kubeconfig_file`, or let the pod have its service account token (automountServiceAccountToken)',
  );
}

function readKubeconfig(file: string, read: (file: string) => void): void {
  try {
    read(file);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw invalid(
      `${file} cannot be used: ${words}`,
      'set `kubernetes.kubeconfig_file` to a kubeconfig',
      error,
    );
  }
}

interface Contexts {
  getContexts(): readonly { readonly name: string }[];
  getCurrentContext(): string;
  setCurrentContext(name: string): void;
}

function selectContext(config: Contexts, { kubeconfigFile, context }: AccessOptions): void {
  const names = config.getContexts().map(({ name }) => name);
  const wanted = context ?? config.getCurrentContext();
  if (!names.includes(wanted)) {
    const list = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
    const found =
      wanted === '' || wanted === undefined ? 'names no current context' : `has no context ${wanted}`;
    throw invalid(`${kubeconfigFile} ${found} (${list})`, 'set `kubernetes.context` to one of them');
  }
  config.setCurrentContext(wanted);
}

function invalid(found: string, remedy: string, cause?: unknown): AppError {
  return new AppError('config.invalid', `executor \`kubernetes\`: ${found}; ${remedy}`, { cause });
}
