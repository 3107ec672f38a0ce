import type { Connection } from '../../domain/environment.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import type { SecretPlace } from '../../secrets/secret-place.ts'
import { assertDetails } from '../projects/detail-policy.ts'
import type { ApplyPolicy } from '../projects/machine-policy.ts'
import { changeSecrets, type Details, type GivenDetails, openSecrets, splitDetails } from './secrets.ts'
import { assertNoMasks, storedWhereShown } from './shown-again.ts'
import { assertGivenAgain } from './where-secrets-go.ts'

interface Stored {
  /** It is absent for credentials, which are of no adapter. */
  readonly type?: string
  readonly details: Details
  readonly secrets: string | null
  readonly place: SecretPlace
}

interface Changed {
  readonly details: Details
  /** The secrets are sealed. */
  readonly secrets: string | null
  /** The secrets that were given, null for one that was removed. */
  readonly given: Readonly<Record<string, string | null>>
}

/** The details and secrets of a connection or of credentials after a change, which may be refused for several reasons. */
export async function changeDetails(
  { secretBox, policy }: { readonly secretBox: SecretBox; readonly policy: ApplyPolicy },
  before: Stored,
  change: { readonly type?: string; readonly details: GivenDetails },
  asStored: (details: Details) => Details = (details) => details,
): Promise<Changed> {
  // Another adapter has other secrets, though some may be called the same.
  const kept = change.type === before.type ? before.secrets : null
  const stored = openSecrets(kept, secretBox, before.place)
  const given = storedWhereShown(change.details, { details: before.details, secrets: stored })
  await assertDetails(
    policy,
    { adapter: change.type, details: given },
    { adapter: before.type, details: before.details },
  )
  assertNoMasks(given, before.details)
  const { details: plain, secrets } = splitDetails(given)
  const details = asStored(plain)
  if (isTarget(before) && isTarget(change)) {
    assertGivenAgain(before, { type: change.type, details }, { stored, given: secrets })
  }
  const sealed = changeSecrets(kept, secrets, secretBox, before.place)
  return { details, secrets: sealed === undefined ? kept : sealed, given: secrets }
}

function isTarget<T extends Pick<Stored, 'type'>>(part: T): part is T & Pick<Connection, 'type'> {
  return part.type !== undefined
}
