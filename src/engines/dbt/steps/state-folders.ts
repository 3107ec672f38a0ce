import { stat } from 'node:fs/promises'
import path from 'node:path'
import { CommandError } from '../../../domain/dbt-command/command-error.ts'
import { type DbtCommand, dbtCommandOf } from '../../../domain/dbt-command/dbt-command.ts'
import { variableProblem } from '../../../domain/dbt-command/variable-problem.ts'
import { projectOf, type Run } from '../run.ts'
import { projectFoldersOf } from './project-folders.ts'

const options = new Set(['--state', '--defer-state'])
const names = ['STATE', 'DEFER_STATE', 'ARTIFACT_STATE_PATH']
const variables = names.flatMap((name) => [`DBT_${name}`, `DBT_ENGINE_${name}`])

/** The folders in which a step may find states. */
export function stateRoots(run: Run): readonly string[] {
  return [...run.services.projectRoots, projectOf(run).dir]
}

/** A command that names the project's target folder as its state means the run's, in which its steps leave their files. */
export async function withRunState(run: Run, command: DbtCommand, target: string): Promise<DbtCommand> {
  const args = [...command.args]
  for (const { option, position, spelling, values } of command.uses) {
    const folder = values?.[0]
    if (option === undefined || !options.has(option.name) || folder === undefined) continue
    const own = await inRunTarget(run, folder, target)
    if (own === undefined) continue
    if (args[position] === spelling) args[position + 1] = own
    else args[position] = `${spelling}=${own}`
  }
  return dbtCommandOf(args)
}

/**
 * The same for the variables that dbt reads as these options. Throws a CommandError for one of a job that names another
 * folder than a command may; those of the worker are its own.
 */
export async function stateVariables(
  run: Run,
  environment: Readonly<Record<string, string>>,
  target: string,
): Promise<Record<string, string>> {
  for (const [name, value] of Object.entries(run.plan.environmentVariables)) {
    const problem = variableProblem(name, value, stateRoots(run))
    if (problem !== undefined) throw new CommandError(problem)
  }
  const result: Record<string, string> = {}
  for (const name of variables) {
    const folder = environment[name]
    const own = folder === undefined ? undefined : await inRunTarget(run, folder, target)
    if (own !== undefined) result[name] = own
  }
  return result
}

/** It is undefined for another folder, and for one in which no step of this run has left anything. */
async function inRunTarget(run: Run, folder: string, target: string): Promise<string | undefined> {
  const { target: projectTarget } = await projectFoldersOf(run)
  if (projectTarget === undefined) return undefined
  const below = path.relative(projectTarget, path.resolve(projectOf(run).dir, folder))
  if (below === '..' || below.startsWith(`..${path.sep}`) || path.isAbsolute(below)) return undefined
  if (run.left.size === 0) return undefined
  const own = path.join(target, below)
  return (await stat(own).catch(() => undefined)) && own // not there
}
