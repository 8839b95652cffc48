/** What was probably meant: the candidate that `word` begins, or that is at most two letters away. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const begun = candidates.find((candidate) => lower !== '' && candidate.startsWith(lower));
  if (begun !== undefined) return begun;
  const distances = candidates.map((candidate) => ({ candidate, distance: distanceOf(lower, candidate) }));
  return distances.filter(({ distance }) => distance <= 2).sort((a, b) => a.distance - b.distance)[0]
    ?.candidate;
}

/** Levenshtein distance. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let index = 0; index < one.length; index += 1) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const change = (row[column - 1] ?? 0) + (one[index] === other[column - 1] ? 0 : 1);
      next.push(Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
