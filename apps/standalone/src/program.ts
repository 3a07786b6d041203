import { Command } from 'commander';
import { addGenerateCommand } from './generate/generate.command';
import { addImportCommand } from './import/import.command';
import { addIntakeCommand } from './intake/intake.command';
import { addProjectionsCommand } from './projections/projections.command';
import { addRebuildCommand } from './rebuild/rebuild.command';
import { addRestoreCommand } from './restore/restore.command';
import { ENVIRONMENT_HELP } from './settings';
import { addStartCommand } from './start/start.command';

/** The commands of one installation, each with its flags. Exit codes: 0 done, 1 not done, 130 stopped by its user. */
export function createProgram(): Command {
  const program = new Command('bestendig')
    .description('Bestendig: system of record for job placements under the Dutch Banenafspraak')
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', ENVIRONMENT_HELP);
  addStartCommand(program);
  addImportCommand(program);
  addGenerateCommand(program);
  addRebuildCommand(program);
  addRestoreCommand(program);
  addProjectionsCommand(program);
  addIntakeCommand(program);
  // `npm start -- --help` asks `start` for help: whoever does so is shown all there is.
  program.commands.find((command) => command.name() === 'start')?.addHelpText('after', () => `${otherCommands(program)}${ENVIRONMENT_HELP}`);
  return program;
}

function otherCommands(program: Command): string {
  const help = program.createHelp();
  return program.commands
    .filter((command) => command.name() !== 'start')
    .map((command) => {
      const terms = [...help.visibleArguments(command).map((argument) => [argument.name(), argument.description]), ...help.visibleOptions(command).map((option) => [option.flags, help.optionDescription(option)])];
      return `\nnpm run ${command.name()} -- ${command.usage()}\n  ${command.description()}\n${terms.map(([term = '', description = '']) => `    ${term.padEnd(20)} ${description}`).join('\n')}\n`;
    })
    .join('');
}
