import { group, key } from '../definition.ts';
import { readDisableSwitch } from '../heketi/values.ts';
import { boolean, integer } from '../kinds.ts';

const days = 36_500;
const hours = 876_000;

export const operations = group('The work that requests ask for.', {
  max_running: key(integer({ min: 1, max: 10_000 }), {
    default: 32,
    about: 'Operations that run at the same time; further ones wait.',
    heketi: [{ name: 'HEKETI_MAX_INFLIGHT_OPERATIONS' }],
  }),
  max_running_per_cluster: key(integer({ min: 1, max: 10_000 }), {
    default: 16,
    about: 'Of these, operations of one cluster.',
  }),
  max_queued: key(integer({ min: 1, max: 1_000_000 }), {
    default: 10_000,
    about: 'Operations that may wait; requests beyond that are answered 429.',
  }),
  result_ttl_hours: key(integer({ min: 1, max: hours }), {
    default: 24,
    about: 'How long the result of an operation can be asked for at `/queue/{id}`.',
  }),
  history_days: key(integer({ min: 1, max: days }), {
    default: 30,
    about: 'How long ended operations are kept in the database.',
  }),
  create_retries: key(integer({ min: 0, max: 100 }), {
    default: 4,
    about: 'How often the creation of a volume is tried again, on other devices, after it failed on a node.',
  }),
  heal_timeout_seconds: key(integer({ min: 0, max: 31_536_000 }), {
    default: 0,
    about:
      'Time that the replacement of a brick may take until the new one is healed; then it is shown as stuck (and goes on waiting). 0: no limit.',
  }),
  command_timeout_seconds: key(integer({ min: 1, max: 86_400 }), {
    default: 600,
    about: 'Time that a batch of commands has on a node before it is ended there.',
  }),
  shutdown_grace_seconds: key(integer({ min: 0, max: 3600 }), {
    default: 20,
    about: 'Time that running operations have at shutdown; what is left is resumed after the next start.',
  }),
});

export const health = group('The watch over the nodes.', {
  enabled: key(boolean, {
    default: true,
    about: 'Whether nodes are probed, so that no brick is placed on one that is down.',
    heketi: [{ name: 'HEKETI_DISABLE_HEALTH_MONITOR', read: readDisableSwitch }],
  }),
  interval_seconds: key(integer({ min: 1, max: 86_400 }), {
    default: 120,
    about: 'Time between two probes of a node.',
  }),
  start_delay_seconds: key(integer({ min: 0, max: 86_400 }), {
    default: 10,
    about: 'Time from the start of the server to the first probe.',
  }),
  probe_timeout_seconds: key(integer({ min: 1, max: 600 }), {
    default: 5,
    about: 'Time that a node has to answer a probe.',
  }),
});

export const limits = group('Limits of the API.', {
  body_kib: key(integer({ min: 1, max: 1_048_576 }), {
    default: 1024,
    about: 'Largest body of a request.',
  }),
  idempotency_ttl_hours: key(integer({ min: 1, max: hours }), {
    default: 24,
    about: 'How long the answer to a request with an Idempotency-Key is remembered.',
  }),
  request_timeout_seconds: key(integer({ min: 1, max: 3600 }), {
    default: 30,
    about:
      'Time that a client has to send its request; and the longest pause it may make while it reads an answer.',
  }),
  header_kib: key(integer({ min: 4, max: 1024 }), {
    default: 16,
    about: 'Largest address and header lines of a request together.',
  }),
  connections: key(integer({ min: 10, max: 1_000_000 }), {
    default: 4096,
    about: 'Connections that may be open at the same time; further ones are closed at once.',
  }),
  idle_connection_seconds: key(integer({ min: 1, max: 3600 }), {
    default: 65,
    about: 'How long a connection may stay open between two requests.',
  }),
  event_streams: key(integer({ min: 1, max: 100_000 }), {
    default: 256,
    about: 'Event streams that may be open at the same time; requests for more are answered 429.',
  }),
});
