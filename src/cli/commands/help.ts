import type { Command } from 'commander';

/** `mortar help volume create` is `mortar volume create --help`. */
export function addHelpCommand(program: Command): void {
  program
    .command('help')
    .argument('[command...]')
    .description('show the help of a command')
    .action((words: readonly string[]) => {
      let shown = program;
      for (const word of words) {
        shown = shown.commands.find((each) => each.name() === word || each.aliases().includes(word)) ?? shown;
      }
      shown.outputHelp();
    });
}
