import type { KubeApi, KubeCall } from './kube-api.ts';

/** What is asked for: a verb as in roles (`list`, `watch`, `patch`), and the kind of objects. */
export type Tally = (verb: string, resource: string) => void;

/** The same API; each request is counted. */
export const countingApi = (api: KubeApi, tally: Tally): KubeApi => ({
  request(call) {
    tally(verbOf(call), placeOf(call.path).resource);
    return api.request(call);
  },
  watch(path, query, signal) {
    tally('watch', placeOf(path).resource);
    return api.watch(path, query, signal);
  },
});

const verbs = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;

const verbOf = ({ method, path }: KubeCall): string =>
  method === 'GET' ? (placeOf(path).isOne ? 'get' : 'list') : verbs[method];

/** `/api/v1/…` or `/apis/GROUP/VERSION/…`, then `namespaces/NAME` for what is in one. */
function placeOf(path: string): { readonly resource: string; readonly isOne: boolean } {
  const [, root, ...rest] = path.split('/');
  const words = rest.slice(root === 'api' ? 1 : 2);
  const [resource = '', name] = words[0] === 'namespaces' && words.length > 2 ? words.slice(2) : words;
  return { resource, isOne: name !== undefined };
}
