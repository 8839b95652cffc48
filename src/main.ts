import { asHeketiCli, isCalledAsHeketiCli } from './cli/called-as.ts';
import { createProgram } from './cli/program.ts';
import { systemSurroundings } from './cli/surroundings.ts';
import { addServerCommands } from './server-commands.ts';
import { version } from './version.ts';

const isHeketiCli = isCalledAsHeketiCli(process.argv[1] ?? '');
const program = createProgram({ version, ...(isHeketiCli ? asHeketiCli(systemSurroundings) : {}) });
if (!isHeketiCli) addServerCommands(program, program.around);
// Pieces of the built program (program-pieces.ts) cannot wait at their top.
void program.run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
