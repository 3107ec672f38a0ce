import type { Tx } from '../../../db/database.ts'
import { lastVersion } from '../../../db/dbt-of-environment.ts'
import type { CommandPolicy } from '../../../domain/dbt-command/command-place.ts'
import { judgeCommands } from '../../../domain/dbt-command/judge-commands.ts'
import { type Problem, problem } from '../schema/problem.ts'
import type { EnvironmentTarget, ProjectTarget } from './match/match-targets.ts'

/** The commands that no step can run here, by what the document and this machine say of each environment's dbt. */
export async function stepProblems(
  tx: Tx,
  policy: CommandPolicy,
  targets: readonly ProjectTarget[],
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const { input, environments } of targets) {
    const folder = [input.path, input.subdirectory].filter((part) => part).join('/') || null
    for (const environment of environments) {
      for (const { input: job, path } of environment.jobs) {
        const found = await judgeCommands(job.execute_steps ?? [], policy, () => dbtOf(tx, environment, folder))
        for (const [index, sentence] of found) problems.push(problem([...path, 'execute_steps', index], sentence))
      }
    }
  }
  return problems
}

async function dbtOf(tx: Tx, { input, row }: EnvironmentTarget, folder: string | null) {
  return {
    engine: input.engine ?? ('dbt' as const),
    command: input.dbt?.command ?? null,
    folder,
    versions: [input.dbt_version, row && (await lastVersion(tx, row.id))],
  }
}
