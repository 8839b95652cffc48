#!/usr/bin/env node
import { createProgram } from './cli/program.ts';
import { addServerCommands } from './server-commands.ts';
import { version } from './version.ts';

const program = createProgram({ version });
addServerCommands(program, program.around);
process.exitCode = await program.run(process.argv.slice(2));
