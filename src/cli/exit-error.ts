/** Any failure, as heketi-cli has it (wire contract section 18.1). */
export const failureCode = 255;
/** `topology plan --exit-code` found differences. */
export const differencesCode = 2;
/** Ctrl-C, as shells have it. */
export const interruptedCode = 130;

/**
 * Ends the program with this exit code. Its message, if it has one, is written to stderr: after `Error: ` when it is a
 * failure, else as it is. Whatever else a command throws is a failure with its message.
 */
export class ExitError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message = '') {
    super(message);
    this.name = 'ExitError';
    this.exitCode = exitCode;
  }
}

/** What the user did wrong, or what went wrong: `Error: <text>`, exit 255. */
export const failure = (message: string): ExitError => new ExitError(failureCode, message);
