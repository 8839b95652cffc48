/** GiB that a hosting volume gives to block volumes, of so many GiB it is made of or grows by (engine reference 1.8). */
export const givenOutGib = (gib: number): number => Math.floor((gib * 98) / 100);

/** The rest, at least 1 GiB: gluster's and the file system's own needs. */
export const reservedGib = (gib: number): number => gib - givenOutGib(gib);
