import type { EnvironmentRow } from '../../db/schema/environments.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { type OwnParts, storedSecrets } from './own-parts.ts'
import { maskProblems, storedWhereShown } from './shown-again.ts'

interface PartProblem {
  readonly part: 'connection' | 'credentials'
  readonly name: string
  readonly message: string
}

/** The parts with what is stored where they have what is shown of it, and what is wrong with the stars that are left. */
export function partsShownAgain<T extends OwnParts>(
  input: T,
  row: EnvironmentRow | undefined,
  secretBox: SecretBox,
): { parts: T; problems: PartProblem[] } {
  const { connection, credentials } = input
  const isSame = connection?.type === row?.connection?.type
  const details = (isSame && row?.connection?.details) || {}
  const stored = { details, secrets: isSame ? storedSecrets(row, secretBox) : {} }
  const isHidden = () => true
  const given = {
    ...(connection && { connection: storedWhereShown(connection, stored) }),
    ...(credentials && { credentials: storedWhereShown(credentials, stored, isHidden) }),
  }
  const problemsIn = (part: PartProblem['part'], found: ReadonlyMap<string, string>) =>
    [...found].map(([name, message]) => ({ part, name, message }))
  const problems = [
    ...problemsIn('connection', maskProblems(given.connection ?? {}, details)),
    ...problemsIn('credentials', maskProblems(given.credentials ?? {}, {}, isHidden)),
  ]
  return { parts: { ...input, ...given }, problems }
}
