import { AppError } from '../errors.ts';
import { type Command, type CommandResult, type Host, nodesWords } from '../lib/command.ts';

export { nodesWords };

/** True when a command that ran counts as a success (exit code expected, text seen). */
export function succeeded(command: Command, exitCode: number, stdout: string): boolean {
  const codeIsGood = (command.expect ?? [0]).includes(exitCode);
  return codeIsGood && (command.expectStdout === undefined || stdout.includes(command.expectStdout));
}

/** The error of a batch that stopped at `failed`; `before` are the results of the commands that ran before it. */
export function commandFailed(host: Host, failed: CommandResult, before: readonly CommandResult[]): AppError {
  return new AppError(
    'node.command_failed',
    `${host.address}: ${failed.label}: ${nodesWords(failed)} (exit code ${failed.exitCode})`,
    {
      details: {
        host: host.address,
        nodeId: host.nodeId,
        label: failed.label,
        exitCode: failed.exitCode,
        stdout: failed.stdout,
        stderr: failed.stderr,
        results: before,
      },
    },
  );
}
