import { Command } from 'commander'
import { version } from '../version.ts'
import type { CliContext } from './cli-context.ts'
import { addClientCommands } from './client-commands.ts'
import { addDataCommands } from './data-commands.ts'
import { addServerCommands } from './server-commands.ts'

const introduction = `Stratus speaks the dbt Cloud Admin API on your own machines and really runs dbt:
Airflow's DbtCloudRunJobOperator and every other dbt Cloud client work with it unmodified.`

const whatNext = `
First steps:
  stratus dev my_dbt_project       start a server for a dbt project (or a folder with stratus.yml)
  stratus run Build                in another terminal: run its job and follow it
  stratus runs                     what has run; then: stratus show, logs, retry, cancel, artifacts
  eval "$(stratus env)"            point Airflow and Python at the server
  stratus doctor                   find out what is missing when something does not work

For production: stratus serve --help. Every option of a server can be an environment variable (STRATUS_…).`

/** Builds the whole command line. Commands load what they need when they are called, so that each starts quickly. */
export function createProgram(context: CliContext): Command {
  const program = new Command('stratus')
    .description(introduction)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', whatNext)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
  addServerCommands(program, context)
  addDataCommands(program)
  addClientCommands(program, context)
  return program
}
