import { group, key } from '../definition.ts';
import { boolean, integer } from '../kinds.ts';

export const doctor = group('The comparison of the nodes with the database.', {
  enabled: key(boolean, {
    default: true,
    about: 'Whether Mortar compares by itself from time to time. `mortar doctor` does it at any time.',
  }),
  interval_minutes: key(integer({ min: 1, max: 525_600 }), {
    default: 60,
    about: 'Time between two comparisons.',
  }),
  nodes_at_once: key(integer({ min: 1, max: 1000 }), {
    default: 4,
    about: 'Nodes that are looked at side by side.',
  }),
  node_timeout_seconds: key(integer({ min: 1, max: 3600 }), {
    default: 60,
    about: 'Time that a node has to answer; then it counts as not looked at.',
  }),
  quarantine_days: key(integer({ min: 0, max: 36_500 }), {
    default: 7,
    about: 'How long what was found without an owner stays in quarantine before it may be destroyed.',
  }),
});
