/** What a simulated program says and how it ends. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const done = (stdout = ''): Answer => ({ exitCode: 0, stdout, stderr: '' });

/** A failure in the program's own words; each line ends in a line feed. */
export const failed = (exitCode: number, ...stderr: readonly string[]): Answer => ({
  exitCode,
  stdout: '',
  stderr: stderr.map((line) => `${line}\n`).join(''),
});
