import type { RawEnvironment } from '../../config/env.ts'
import { fileVariableOf, secretVariableNames } from '../../config/secret-files.ts'
import { SetupError } from '../../domain/errors.ts'
import { describeSeparation, examineSeparation, type UserSettings } from '../../engines/dbt/users/separation.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const subject = 'runs'

/** Finds out how far dbt would be kept apart on this machine, with the configuration of this shell. */
export async function checkSeparation(settings: UserSettings): Promise<Finding> {
  try {
    const { text, cure } = describeSeparation(await examineSeparation(settings))
    return cure === undefined ? ok(subject, text) : warn(subject, text, cure)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return fail(subject, error.message, 'docs/security.md says what it takes.')
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
