/** Which groups the volumes of each class have: by the annotations of PersistentVolumes, and of claims on their way. */
export class GidTable {
  readonly #classes = new Map<string, Map<number, Set<string>>>();
  readonly #owners = new Map<string, { readonly className: string; readonly gid: number }>();

  /** Notes what somebody has; what cannot be a group is passed over. @param owner `claim/<uid>` or `volume/<name>`. */
  set(owner: string, className: string, text: string | undefined): void {
    this.clear(owner);
    if (text === undefined || !/^\d{1,10}$/.test(text)) return;
    const gid = Number(text);
    this.#owners.set(owner, { className, gid });
    const taken = this.#takenIn(className);
    taken.set(gid, (taken.get(gid) ?? new Set()).add(owner));
  }

  clear(owner: string): void {
    const had = this.#owners.get(owner);
    if (had === undefined) return;
    this.#owners.delete(owner);
    const taken = this.#takenIn(had.className);
    const owners = taken.get(had.gid);
    owners?.delete(owner);
    if (owners?.size === 0) taken.delete(had.gid);
  }

  /**
   * The group of a claim: the one it has when that is its alone, else the lowest free one, which it has from now on.
   *
   * @param min lowest and `max` highest that the class allows.
   * @returns undefined when all are taken.
   */
  reserve(owner: string, className: string, { min, max }: { min: number; max: number }): number | undefined {
    const taken = this.#takenIn(className);
    const had = this.#owners.get(owner);
    if (had?.className === className && had.gid >= min && had.gid <= max && taken.get(had.gid)?.size === 1) {
      return had.gid;
    }
    let gid = min;
    while (taken.has(gid)) gid += 1;
    if (gid > max) return undefined;
    this.set(owner, className, String(gid));
    return gid;
  }

  #takenIn(className: string): Map<number, Set<string>> {
    const taken = this.#classes.get(className) ?? new Map<number, Set<string>>();
    this.#classes.set(className, taken);
    return taken;
  }
}
