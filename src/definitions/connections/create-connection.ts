import type { Db } from '../../db/database.ts'
import { nextId } from '../../db/reserve-ids.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInConnection, placeInCredentials } from '../../secrets/secret-place.ts'
import { assertDetails } from '../projects/detail-policy.ts'
import type { ApplyPolicy } from '../projects/machine-policy.ts'
import { type GivenDetails, sealSecrets, splitDetails } from './secrets.ts'
import { assertNoMasks } from './shown-again.ts'

interface NewConnection {
  readonly accountId: number
  /** It is null for one of the whole account. */
  readonly projectId: number | null
  readonly name: string
  /** The dbt adapter's name. */
  readonly type: string
  readonly details: GivenDetails
}

/** Makes a connection that environments of its project, or of its account, can use; answers its id. */
export async function createConnection(
  ctx: { db: Db; secretBox: SecretBox; policy: ApplyPolicy },
  { accountId, projectId, name, type, details: given }: NewConnection,
): Promise<number> {
  await assertDetails(ctx.policy, { adapter: type, details: given })
  assertNoMasks(given)
  const { details, secrets } = splitDetails(given)
  const id = await nextId(ctx.db, 'connections')
  await ctx.db
    .insertInto('connections')
    .values({
      id,
      account_id: accountId,
      project_id: projectId,
      name,
      type,
      details: JSON.stringify(details),
      secrets: sealSecrets(onlyText(secrets), ctx.secretBox, placeInConnection({ id, project_id: projectId })),
    })
    .execute()
  return id
}

export interface NewCredentials {
  readonly accountId: number
  readonly projectId: number
  readonly type: string
  readonly threads: number | null
  readonly targetName: string | null
  readonly details: GivenDetails
}

/** Makes credentials that environments of the project can use with a connection; answers their id. */
export async function createCredentials(
  ctx: { db: Db; secretBox: SecretBox; policy: ApplyPolicy },
  { accountId, projectId, type, threads, targetName, details: given }: NewCredentials,
): Promise<number> {
  await assertDetails(ctx.policy, { details: given })
  assertNoMasks(given)
  const { details, secrets } = splitDetails(given)
  const id = await nextId(ctx.db, 'credentials')
  await ctx.db
    .insertInto('credentials')
    .values({
      id,
      account_id: accountId,
      project_id: projectId,
      type,
      threads,
      target_name: targetName,
      details: JSON.stringify(details),
      secrets: sealSecrets(onlyText(secrets), ctx.secretBox, placeInCredentials({ id, project_id: projectId })),
    })
    .execute()
  return id
}

function onlyText(secrets: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  )
}
