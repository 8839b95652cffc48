export interface CatalogueEntry {
  /** HTTP status that the API answers with. */
  readonly status: number;
  /** What happened, in the words of the person who meets it. */
  readonly title: string;
  /** What that person can do about it. */
  readonly remedy: string;
}

export const entry = (status: number, title: string, remedy: string): CatalogueEntry => ({
  status,
  title,
  remedy,
});
