#!/usr/bin/env node
/** What is called as `mortar`, once it is built: `main.ts` lies beside it in pieces. */
import { ProgramPieces } from './program-pieces.ts';

new ProgramPieces(import.meta.dirname).load('program.js');
