import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { repeatable, serverChoice } from './command-options.ts'
import { addRunCommands } from './run-commands.ts'

/** Adds the commands that talk to a running server. */
export function addClientCommands(program: Command, { installDir, outcome }: CliContext): void {
  serverChoice(program.command('apply'))
    .description('make the server’s projects, environments and jobs equal to stratus.yml')
    .option('-f, --file <file>', 'the file', 'stratus.yml')
    .option('--dry-run', 'only show the plan')
    .option('--prune', 'delete what the file does not have, within the projects that it names')
    .addHelpText('after', '\nExamples:\n  stratus apply --dry-run\n  stratus apply -f jobs/stratus.yml --prune')
    .action(async (options) => {
      const { apply } = await import('./commands/apply.ts')
      await apply(options)
    })

  serverChoice(program.command('export'))
    .description('write the server’s projects, environments and jobs as a stratus.yml')
    .option('-f, --file <file>', 'write to this new file instead of the terminal')
    .addHelpText('after', '\nSecrets are left out: they stay on the server when the file is applied.')
    .action(async (options) => {
      const { exportDocument } = await import('./commands/export.ts')
      await exportDocument(options)
    })

  addRunCommands(program, outcome)

  program.addCommand(tokenCommand(installDir))

  serverChoice(program.command('env'))
    .description('print shell exports that point Airflow and Python at the server')
    .addHelpText('after', '\nExample:\n  eval "$(stratus env)"')
    .action(async (options) => {
      const { env } = await import('./commands/env.ts')
      await env(options)
    })
}

function tokenCommand(installDir: string): Command {
  const token = new Command('token').description('make, list and revoke service tokens')
  serverChoice(token.command('create'))
    .description('make a token and print it; it is never printed again')
    .option('--name <name>', 'what it is for', 'stratus token create')
    .option(
      '--permission <set>',
      'a permission set, such as job_runner or account_admin; may be repeated (job_admin)',
      repeatable,
    )
    .option('--project <id>', 'only this project; may be repeated', repeatable)
    .option('--expires <days>', 'end it after this many days')
    .option('--bootstrap', 'write it into the database of this machine: for the first token of a new server')
    .addHelpText(
      'after',
      `
Examples:
  stratus token create --name airflow
  stratus token create --name ci --permission job_runner --project 3 --expires 90
  stratus token create --bootstrap --permission account_admin    beside the database (DATABASE_URL, or --data-dir of a stopped server)`,
    )
    .action(async (options) => {
      const { createToken } = await import('./commands/token-create.ts')
      await createToken(options, installDir)
    })
  serverChoice(token.command('list'))
    .description('list the tokens of the account')
    .action(async (options) => {
      const { listTokens } = await import('./commands/token.ts')
      await listTokens(options)
    })
  serverChoice(token.command('revoke'))
    .argument('<ID>', 'id of the token')
    .description('revoke a token: it stops working within 2 seconds')
    .action(async (id: string, options) => {
      const { revokeToken } = await import('./commands/token.ts')
      await revokeToken(id, options)
    })
  return token
}
