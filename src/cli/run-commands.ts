import type { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { repeatable, serverChoice } from './command-options.ts'

const runArgument = 'id of a run, or name of a job for its last one'

/** `run`, `retry`, `runs`, `show`, `logs`, `cancel`, `artifacts`, `jobs`: what is done day by day. */
export function addRunCommands(program: Command, outcome: CliContext['outcome']): void {
  serverChoice(program.command('run'))
    .argument('<JOB>', 'id or name of a job')
    .description('trigger a job and follow it to its end')
    .option('--step <command>', 'a dbt command in place of the job’s; may be repeated', repeatable)
    .option('--cause <text>', 'why, for the run’s record', 'Started with stratus run')
    .option('--detach', 'do not wait: print the run’s id')
    .option('--branch <name>', 'git branch')
    .option('--sha <commit>', 'git commit')
    .option('--schema <name>', 'schema in place of the target’s')
    .option('--target <name>', 'dbt target')
    .option('--threads <number>', 'dbt threads')
    .option('--timeout <seconds>', 'cancel the run after this time')
    .option('--docs', 'generate docs, whatever the job says')
    .option('--no-docs', 'do not generate docs')
    .addHelpText(
      'after',
      `
Exit codes: 0 success, 1 error or cancelled, 2 could not run. The first Ctrl-C cancels the run and waits, the second leaves.

Examples:
  stratus run Build
  stratus run --step "dbt seed" --step "dbt run --select orders+" --threads 8 12
  stratus run Build --detach`,
    )
    .action(async (job: string, options) => {
      const { run } = await import('./commands/run.ts')
      outcome.exitCode = await run(job, options)
    })

  serverChoice(program.command('retry'))
    .argument('<RUN>', runArgument)
    .description('resume a failed run where it failed, in a new run, and follow it')
    .option('--detach', 'do not wait: print the new run’s id')
    .addHelpText('after', '\nExit codes and Ctrl-C: as those of stratus run.')
    .action(async (run: string, options) => {
      const { retry } = await import('./commands/retry.ts')
      outcome.exitCode = await retry(run, options)
    })

  serverChoice(program.command('runs'))
    .description('list runs, the newest first')
    .option('--job <job>', 'only of this job, by id or name')
    .option('--environment <environment>', 'only of this environment, by id or name')
    .option('--project <project>', 'only of this project, by id or name')
    .option(
      '--status <status>',
      'only queued, starting, running, success, error or cancelled ones; may be repeated',
      repeatable,
    )
    .option('--limit <number>', 'so many at most', '20')
    .option('--json', 'print what the API says')
    .addHelpText('after', '\nExamples:\n  stratus runs --job Build --status error\n  stratus runs --json --limit 500')
    .action(async (options) => {
      const { runs } = await import('./commands/runs.ts')
      await runs(options)
    })

  serverChoice(program.command('show'))
    .argument('<RUN>', runArgument)
    .description('show a run: its status, its steps, why it failed, and its nodes that failed or took longest')
    .option('--json', 'print what the API says')
    .action(async (run: string, options) => {
      const { show } = await import('./commands/show.ts')
      await show(run, options)
    })

  serverChoice(program.command('logs'))
    .argument('<RUN>', runArgument)
    .description('print the log of a run')
    .option('--step <number>', 'only of this step')
    .option('--debug', 'dbt’s debug log')
    .option('--follow', 'go on until the run ends; the exit code is then the run’s. Ctrl-C leaves it running')
    .action(async (run: string, options) => {
      const { logs } = await import('./commands/logs.ts')
      outcome.exitCode = await logs(run, options)
    })

  serverChoice(program.command('cancel'))
    .argument('<RUN...>', 'ids of runs, or names of jobs for the one run of each that has not ended')
    .description('cancel runs')
    .action(async (runs: string[], options) => {
      const { cancel } = await import('./commands/cancel.ts')
      await cancel(runs, options)
    })

  addArtifactAndJobCommands(program)
}

function addArtifactAndJobCommands(program: Command): void {
  serverChoice(program.command('artifacts'))
    .argument('<RUN>', runArgument)
    .argument('[PATH]', 'the file to print')
    .description('list the files that a run left, or get one of them')
    .option('--step <number>', 'as this step left them; else the last that did')
    .option('-o, --output <file>', 'write it to this file')
    .option('--json', 'print the list as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  stratus artifacts Build\n  stratus artifacts 12 manifest.json -o manifest.json',
    )
    .action(async (run: string, path: string | undefined, options) => {
      const { artifacts } = await import('./commands/artifacts.ts')
      await artifacts(run, path, options)
    })

  serverChoice(program.command('jobs'))
    .description('list jobs, with their schedules and last runs')
    .option('--environment <environment>', 'only of this environment, by id or name')
    .option('--project <project>', 'only of this project, by id or name')
    .option('--json', 'print what the API says')
    .action(async (options) => {
      const { jobs } = await import('./commands/jobs.ts')
      await jobs(options)
    })
}
