/**
 * What must be true of every database of Mortar, as queries that find what is not: each row is a sentence about one fault.
 * They are plain SQL so that another thread can run them on a copy.
 */

export interface CheckQuery {
  readonly name: 'integrity' | 'references' | 'content';
  readonly sql: string;
}

const integrity: CheckQuery = {
  name: 'integrity',
  sql: `select integrity_check as problem from pragma_integrity_check where integrity_check <> 'ok'`,
};

const references: CheckQuery = {
  name: 'references',
  sql: `select 'row ' || coalesce(rowid, '?') || ' of ' || "table" || ' names something that is not in ' || parent as problem
    from pragma_foreign_key_check`,
};

const content = (sql: string): CheckQuery => ({ name: 'content', sql });

const overPromised = content(
  `select 'device ' || d.id || ' (' || d.name || ') has ' || d.total_kib || ' KiB, ' ||
      (d.foreign_kib + coalesce(sum(b.pool_kib + b.metadata_kib), 0)) || ' KiB are promised' as problem
    from devices d left join bricks b on b.device_id = d.id
    group by d.id
    having d.foreign_kib + coalesce(sum(b.pool_kib + b.metadata_kib), 0) > d.total_kib`,
);

const overGiven = content(
  `select 'hosting volume ' || v.id || ' (' || v.name || ') gives ' ||
      (v.block_reserved_gib + coalesce(sum(t.taken_gib), 0)) || ' GiB to block volumes and its reserve, but has ' ||
      v.size_gib as problem
    from volumes v left join block_volumes t on t.hosting_volume_id = v.id
    where v.block_restriction <> 'locked-by-update'
    group by v.id
    having v.block_reserved_gib + coalesce(sum(t.taken_gib), 0) > v.size_gib`,
);

const ownerless = content(
  `select 'brick ' || id || ' belongs to no volume and is not being deleted' as problem
    from bricks where volume_id is null and phase <> 'deleting'`,
);

const brickless = content(
  `select 'volume ' || v.id || ' (' || v.name || ') is ' || v.phase || ' but has no bricks' as problem
    from volumes v
    where v.phase in ('ready', 'expanding')
      and not exists (select 1 from bricks b where b.volume_id = v.id)
      and not exists (select 1 from foreign_bricks f where f.volume_id = v.id)`,
);

/** Bricks in one brick set, as the durability of the volume wants it. */
const setSize = `case json_extract(v.durability, '$.type')
    when 'replicate' then json_extract(v.durability, '$.replica')
    when 'disperse' then json_extract(v.durability, '$.data') + json_extract(v.durability, '$.redundancy')
    else 1 end`;

const incompleteSets = content(
  `select 'brick set ' || b.set_index || ' of volume ' || v.id || ' (' || v.name || ') has ' || count(*) ||
      ' bricks, not ' || ${setSize} as problem
    from volumes v join (
        select volume_id, set_index from bricks union all select volume_id, set_index from foreign_bricks
      ) b on b.volume_id = v.id
    where v.phase = 'ready' and v.operation_id is null
    group by v.id, b.set_index
    having count(*) <> ${setSize}`,
);

const sharedNodes = content(
  `select 'volume ' || b.volume_id || ' has ' || count(*) || ' bricks of set ' || b.set_index ||
      ' on the one node ' || d.node_id as problem
    from bricks b join devices d on d.id = b.device_id
    where b.volume_id is not null and b.phase = 'ready'
    group by b.volume_id, b.set_index, d.node_id
    having count(*) > 1`,
);

const strayed = content(
  `select 'brick ' || b.id || ' of volume ' || v.id || ' is on a node of another cluster' as problem
    from bricks b join volumes v on v.id = b.volume_id join devices d on d.id = b.device_id
      join nodes n on n.id = d.node_id
    where n.cluster_id <> v.cluster_id`,
);

const strayedForeign = content(
  `select 'brick ' || f.name || ' of volume ' || v.id || ' is on a node of another cluster' as problem
    from foreign_bricks f join volumes v on v.id = f.volume_id join nodes n on n.id = f.node_id
    where n.cluster_id <> v.cluster_id`,
);

const nameless = content(
  `select 'node ' || n.id || ' has no ' || k.kind || ' host name' as problem
    from nodes n cross join (select 'manage' as kind union all select 'storage') k
    where not exists (select 1 from node_names m where m.node_id = n.id and m.kind = k.kind)`,
);

const tables = [
  ['cluster', 'clusters'],
  ['node', 'nodes'],
  ['device', 'devices'],
  ['volume', 'volumes'],
  ['brick', 'bricks'],
] as const;

/** What is on its way must have an operation that takes it there. */
const abandoned = [
  ...tables.filter(([, table]) => table !== 'clusters'),
  ['block volume', 'block_volumes'],
].map(([what, table]) =>
  content(
    `select '${what} ' || t.id || ' is ' || t.phase || ', but no operation is at work on it' as problem
        from ${table} t left join operations o on o.id = t.operation_id and o.finished_at_ms is null
        where (t.phase <> 'ready' or t.operation_id is not null) and o.id is null`,
  ),
);

const unreadable = (
  [
    ['node', 'nodes', ['tags']],
    ['device', 'devices', ['tags', 'paths']],
    ['volume', 'volumes', ['durability', 'durability_echo', 'options']],
    ['block volume', 'block_volumes', ['hosts']],
    ['operation', 'operations', ['input', 'warnings']],
  ] as const
).flatMap(([what, table, columns]) =>
  columns.map((column) =>
    content(
      `select '${what} ' || id || ': ${column} cannot be read' as problem from ${table} where not json_valid(${column})`,
    ),
  ),
);

/** Faults of the file itself: of any schema. */
export const fileChecks: readonly CheckQuery[] = [integrity, references];

/** Faults of what is written in it: of the newest schema. */
export const contentChecks: readonly CheckQuery[] = [
  // First: the others read what these columns hold.
  ...unreadable,
  overPromised,
  overGiven,
  ownerless,
  brickless,
  incompleteSets,
  sharedNodes,
  strayed,
  strayedForeign,
  nameless,
  ...abandoned,
];

export const versionQuery = 'select max(version) as version from schema_versions';
export const countsQuery = `select ${tables
  .map(([, table]) => `(select count(*) from ${table}) as ${table}`)
  .join(', ')}`;
