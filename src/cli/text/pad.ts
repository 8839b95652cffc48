/** Left-justified in so many columns, never cut: Go's `%-35v`. */
export const pad = (value: string | number, columns: number): string => String(value).padEnd(columns);
