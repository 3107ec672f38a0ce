import type { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { repeatable } from './command-options.ts'

/** `dev`, `serve`, `work`, `migrate`, `ca`, `doctor`: what runs beside the data. */
export function addServerCommands(program: Command, { installDir, outcome }: CliContext): void {
  const dev = program
    .command('dev')
    .argument('[DIR]', 'a dbt project, or a folder with stratus.yml', '.')
    .description('start everything for a laptop: database, TLS, server and worker in one process')
    .option('--no-schedules', 'start no job when its time has come')
    .addHelpText(
      'after',
      `
With only a dbt project, DIR becomes a project with an environment "Production" and a job "Build" (dbt build).
Prints the Airflow connection and what to export so that Python trusts the certificate. Ctrl-C stops it; its data stays.

Examples:
  stratus dev                      the dbt project in this folder
  stratus dev my_project --port 0  on any free port
  stratus dev . --ready-file /tmp/ready.json   scripts wait for this file: it has the address, tokens and ids`,
    )
  serverOptions(dev, '127.0.0.1', '~/.local/share/stratus/<name>-<hash of DIR>').action(
    async (dir: string, options) => {
      const { dev: start } = await import('./commands/dev.ts')
      await start(dir, options, installDir)
    },
  )

  const serve = program
    .command('serve')
    .description('start the server for production (and a worker, unless --no-worker)')
    .option('--embedded', 'use the embedded database: one process, not safe against power loss')
    .option('--no-worker', 'execute no runs here; "stratus work" does')
    .option('--migrate', 'bring the database schema up to date first')
    .option('--drain-timeout <seconds>', 'time for running jobs to finish after SIGTERM (as long as they need)')
    .addHelpText(
      'after',
      `
Configured by environment variables; the README has the table. The ones to begin with:
  DATABASE_URL          postgres://user:password@host:5432/stratus
  STRATUS_ADMIN_TOKEN   the first token; or make one with: stratus token create --bootstrap
  STRATUS_SECRET_KEY    encrypts stored secrets; make one with: openssl rand -base64 32
  STRATUS_TLS_CERT, STRATUS_TLS_KEY   your certificate (without: one of an own CA in the data folder)

Examples:
  stratus serve --migrate
  stratus serve --no-worker        and on other machines: stratus work`,
    )
  serverOptions(serve, '0.0.0.0', '/var/lib/stratus').action(async (options) => {
    const { serve: start } = await import('./commands/serve.ts')
    await start(options, installDir)
  })

  program
    .command('work')
    .description('start a worker that executes runs of the server on the same PostgreSQL')
    .option('--data-dir <folder>', 'folder for working files and artifacts (/var/lib/stratus)')
    .option('--drain-timeout <seconds>', 'time for running jobs to finish after SIGTERM (as long as they need)')
    .option('--log-level <level>', 'error, warn, info, debug')
    .addHelpText('after', '\nNeeds DATABASE_URL, and the data folder of the server: artifacts are kept there.')
    .action(async (options) => {
      const { work } = await import('./commands/work.ts')
      await work(options)
    })

  program
    .command('migrate')
    .description('bring the schema of the database in DATABASE_URL up to date')
    .action(async () => {
      const { migrateDatabase } = await import('./commands/migrate.ts')
      await migrateDatabase(installDir)
    })

  program
    .command('ca')
    .argument('[WHAT]', 'print, paths or renew', 'print')
    .option('--data-dir <folder>', 'data folder of the server (that of the current folder)')
    .option('--new-authority', 'with renew: a new CA too, which every client must then trust anew')
    .description('print the certificate authority, print where its files are, or renew the certificate')
    .addHelpText('after', '\nExamples:\n  stratus ca > stratus-ca.pem\n  stratus ca paths\n  stratus ca renew')
    .action(async (what: string, options) => {
      const { ca } = await import('./commands/ca.ts')
      await ca(what, options)
    })

  program
    .command('doctor')
    .argument('[DIR]', 'the dbt project or folder with stratus.yml', '.')
    .option('--port <port>', 'the port that a server is to have')
    .option('--data-dir <folder>', 'data folder of the server')
    .option('--airflow', 'check an Airflow instead: provider, connection, certificates, token')
    .option('--python <file>', 'with --airflow: its Python ($VIRTUAL_ENV/bin/python, else python3)')
    .option('--conn-id <id>', 'with --airflow: the connection (dbt_cloud_default)')
    .description('check what users trip over: TLS trust in Python, dbt, git, database, disk, clock, port')
    .addHelpText('after', '\nWith --airflow, run it where Airflow runs, with the same environment variables.')
    .action(async (dir: string, options) => {
      const { doctor } = await import('./commands/doctor.ts')
      outcome.exitCode = await doctor(dir, options)
    })
}

function serverOptions(command: Command, host: string, dataDir: string): Command {
  return command
    .option('--port <port>', 'port to listen on; 0 takes any free one (8443)')
    .option('--host <address>', `address to listen on (${host})`)
    .option('--data-dir <folder>', `where all data is kept (${dataDir})`)
    .option('--public-url <url>', 'the address that clients use, when it is another')
    .option('--ready-file <file>', 'write this file once requests are answered')
    .option('--tls-name <name>', 'one more name for the certificate; may be repeated', repeatable)
    .option('--hold-polls-seconds <seconds>', 'answer polls of Airflow for a live run when it ends, within so long')
    .option('--log-level <level>', 'error, warn, info, debug')
}
