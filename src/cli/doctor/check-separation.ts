import type { EngineConfig } from '../../config/config.ts'
import type { RawEnvironment } from '../../config/raw-environment.ts'
import { fileVariableOf, secretVariableNames } from '../../config/secret-files.ts'
import { SetupError } from '../../domain/errors.ts'
import { describeSeparation, examineSeparation } from '../../engines/dbt/users/separation.ts'
import { findObstacles } from '../../server/separate-runs.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const subject = 'runs'

/** Finds out how far dbt would be kept apart on this machine, with the configuration of this shell. */
export async function checkSeparation(engine: EngineConfig): Promise<Finding[]> {
  const advice = 'docs/security.md says what it takes.'
  try {
    const separation = await examineSeparation(engine)
    const { text, cure } = describeSeparation(separation)
    const obstacles = await findObstacles(separation, engine)
    return [
      cure === undefined ? ok(subject, text) : warn(subject, text, cure),
      ...obstacles.map((obstacle) => fail(subject, obstacle, advice)),
    ]
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return [fail(subject, error.message, advice)]
  }
}

/** Secrets of the server that stand in its environment, which whatever else its user runs can read. */
export function checkSecrets(environment: RawEnvironment): Finding[] {
  const plain = secretVariableNames.filter((name) => name !== 'STRATUS_TOKEN' && (environment[name] ?? '') !== '')
  if (plain.length === 0) return []
  const files = plain.map(fileVariableOf).join(', ')
  const detail = `${plain.join(', ')} in the environment, which every program of the server's user can read`
  return [warn('secrets', detail, `Put them into files, and name those in ${files}.`)]
}
