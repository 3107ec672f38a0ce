import type { Command } from 'commander'

/** `backup`, `restore`, `secrets`: what keeps and moves the data. */
export function addDataCommands(program: Command): void {
  const dataDir = ['--data-dir <folder>', 'data folder of the server (/var/lib/stratus)'] as const
  program
    .command('backup')
    .argument('<FILE>', 'the file to make')
    .description('write everything in the database into one file, while servers run')
    .option(...dataDir)
    .option('--artifacts', 'with the logs and artifacts of runs')
    .addHelpText(
      'after',
      `
It backs up the PostgreSQL in DATABASE_URL, else the embedded database in the data folder, whose server must be stopped.
Secrets stay encrypted: keep STRATUS_SECRET_KEY, or the file secret.key of the data folder, in another place.`,
    )
    .action(async (file: string, options) => {
      const { backup } = await import('./data/backup.ts')
      await backup(file, options)
    })
  program
    .command('restore')
    .argument('<FILE>', 'a file that "stratus backup" made')
    .description('fill an empty database from a backup; so a server moves to PostgreSQL, and back')
    .option(...dataDir)
    .addHelpText(
      'after',
      `
It fills the PostgreSQL in DATABASE_URL, else an embedded database in the data folder. All of it is there afterwards, or nothing.

Move an embedded server to PostgreSQL, its server stopped:
  stratus backup stratus.backup --data-dir DIR
  DATABASE_URL=postgres://… stratus restore stratus.backup --data-dir DIR`,
    )
    .action(async (file: string, options) => {
      const { restore } = await import('./data/restore.ts')
      await restore(file, options)
    })
  program
    .command('secrets')
    .description('the secrets in the database')
    .command('rotate')
    .description('encrypt them all with the first key of STRATUS_SECRET_KEY, while servers run')
    .option(...dataDir)
    .addHelpText(
      'after',
      '\nBefore: STRATUS_SECRET_KEY=<new key>,<old key> on every server and worker. It may be run again.',
    )
    .action(async (options) => {
      const { rotate } = await import('./data/rotate.ts')
      await rotate(options)
    })
}
