import type { EnvironmentVariableRow } from '../../../db/schema/environment-variables.ts'
import { keptGitUrl } from '../../../domain/git/git-url.ts'
import { isMask, maskProblem } from '../../../domain/secrets/secret-mask.ts'
import { isSecretVariable } from '../../../domain/secrets/secret-names.ts'
import type { SecretBox } from '../../../secrets/secret-box.ts'
import { partsShownAgain } from '../../connections/parts-shown-again.ts'
import type { EnvironmentDocument } from '../schema/environment-schema.ts'
import { type DocumentPath, type Problem, problem } from '../schema/problem.ts'
import type { CurrentState } from './current-state.ts'
import type { ProjectTarget } from './match/match-targets.ts'
import { type VariableOwner, variablesOf } from './variables.ts'

/*
 * A document may have what somebody was shown in place of a secret: stars, or an address without its credentials. It
 * means what is stored; where nothing is, it is a mistake.
 */

/** The projects with what is stored where they have what is shown of it, and what is wrong with the stars that are left. */
export function shownAgain(
  targets: readonly ProjectTarget[],
  state: CurrentState,
  secretBox: SecretBox,
): { targets: ProjectTarget[]; problems: Problem[] } {
  const problems: Problem[] = []
  const restored = targets.map((project) => {
    const { input, path, row } = project
    const rowsOf = (owner: Omit<VariableOwner, 'projectId'>) => variablesOf({ state }, { projectId: row?.id, ...owner })
    const environments = project.environments.map((environment) => {
      const { row: before } = environment
      const { parts: connected, problems: found } = partsShownAgain(environment.input, before, secretBox)
      problems.push(...found.map(({ part, name, message }) => problem([...environment.path, part, name], message)))
      const rows = before ? rowsOf({ environmentId: before.id }) : []
      const jobs = environment.jobs.map((job) => ({
        ...job,
        input: withVariables(job.input, job.path, job.row ? rowsOf({ jobId: job.row.id }) : []),
      }))
      return { ...environment, input: withVariables(connected, environment.path, rows), jobs }
    })
    const git = input.git && { ...input.git, url: keptGitUrl(input.git.url, row?.git_url ?? null) }
    const own = withVariables({ ...input, ...(git && { git }) }, path, row ? rowsOf({}) : [])
    return { ...project, input: own, environments }
  })
  return { targets: restored, problems }

  function withVariables<T extends Pick<EnvironmentDocument, 'environment_variables'>>(
    input: T,
    path: DocumentPath,
    rows: readonly EnvironmentVariableRow[],
  ): T {
    const given = input.environment_variables
    if (!given) return input
    const kept = Object.entries(given).filter(([name, value]) => {
      if (!isSecretVariable(name) || typeof value !== 'string' || !isMask(value)) return true
      if (!rows.some((row) => row.name === name)) {
        problems.push(problem([...path, 'environment_variables', name], maskProblem(name)))
      }
      return false
    })
    return { ...input, environment_variables: Object.fromEntries(kept) }
  }
}
