import {
  contractNonsense,
  invalid,
  nobody,
  type Room,
  type Row,
  unparsable,
} from '../../../support/bad-input.ts';

const byId = 'Id not found: $sent\n';
const many = JSON.stringify({ operations: Array.from({ length: 33 }, () => nobody) });
const limit = (sent: string, shown = sent): Row => [
  `/operations/history?limit=${sent}`,
  400,
  `limit: "${shown}" must be a whole number from 1 to 1000\n`,
];

export const operations: Room = {
  bodies: [
    [
      'POST /operations/pending/cleanup',
      [
        ...contractNonsense,
        ['{"operations":"x"}', 422, unparsable],
        ['{"operations":[7]}', 422, unparsable],
        ['{"operations":["x"]}', 400, invalid('operations: x is not a valid UUID')],
        ['{"operations":["$(id)"]}', 400, invalid('operations: $(id) is not a valid UUID')],
        [many, 400, invalid('operations: too many ids specified (33), up to 32 supported')],
      ],
    ],
  ],
  ids: [
    ['GET /operations/{id}', undefined, byId],
    ['GET /operations/{id}/events', undefined, byId],
    ['GET /operations/pending/{id}', undefined, byId],
    ['POST /operations/{id}/cancel', undefined, byId],
    ['POST /operations/{id}/pause', undefined, byId],
    ['POST /operations/{id}/resume', undefined, byId],
  ],
  paths: [
    [
      'GET /operations/history',
      [
        limit(''),
        limit('0'),
        limit('00'),
        limit('-1'),
        limit('+1', ' 1'),
        limit('1.5'),
        limit('1e2'),
        limit('0x10'),
        limit('1001'),
        limit('9007199254740992'),
        limit('1e308'),
        limit('many'),
        limit('null'),
        limit('%201', ' 1'),
        limit('1;reboot'),
        limit('$(id)'),
        limit('%00', '\u0000'),
        limit('%D9%A1', '\u0661'),
        ['/operations/history?limit=1&limit=2', 400, 'query: "limit": given more than once; give it once\n'],
        ['/operations/history?limt=5', 400, 'query: "limt": unknown; it may have limit\n'],
        ['/operations/history?Limit=5', 400, 'query: "Limit": unknown; it may have limit\n'],
        ['/operations/history?limit[]=5', 400, 'query: "limit[]": unknown; it may have limit\n'],
        ['/operations/history?__proto__=1', 400, 'query: "__proto__": unknown; it may have limit\n'],
      ],
    ],
    ...(['cancel', 'pause', 'resume'] as const).map((act): readonly [string, readonly Row[]] => [
      `POST /operations/{id}/${act}`,
      [
        [
          `/operations/$operation/${act}`,
          409,
          {
            cancel: /^operation [0-9a-f]{32} \([a-z-]+\) can no longer be called off\n$/,
            pause: /^operation [0-9a-f]{32} \([a-z-]+\) has ended; it cannot be paused\n$/,
            resume: /^operation [0-9a-f]{32} \([a-z-]+\) has ended; it cannot be resumed\n$/,
          }[act],
        ],
      ],
    ]),
  ],
};
