#!/usr/bin/env node
import { asHeketiCli, isCalledAsHeketiCli } from './cli/called-as.ts';
import { createProgram } from './cli/program.ts';
import { systemSurroundings } from './cli/surroundings.ts';
import { addServerCommands } from './server-commands.ts';
import { version } from './version.ts';

const isHeketiCli = isCalledAsHeketiCli(process.argv[1] ?? '');
const program = createProgram({ version, ...(isHeketiCli ? asHeketiCli(systemSurroundings) : {}) });
if (!isHeketiCli) addServerCommands(program, program.around);
process.exitCode = await program.run(process.argv.slice(2));
