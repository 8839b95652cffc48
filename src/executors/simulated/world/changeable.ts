/** A map that an index stands beside: only the index changes it, for everybody else it can only be read. */
export const changeable = <Value>(map: ReadonlyMap<string, Value>): Map<string, Value> =>
  map as Map<string, Value>;
