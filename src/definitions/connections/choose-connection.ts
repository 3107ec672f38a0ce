import type { Tx } from '../../db/database.ts'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { activeState } from '../../domain/state.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInEnvironment } from '../../secrets/secret-place.ts'
import { assertDetails } from '../projects/detail-policy.ts'
import type { ApplyPolicy } from '../projects/machine-policy.ts'
import { type ConnectionColumns, effectiveConnection } from './effective-connection.ts'
import { connectionOf, type OwnParts, updateSecrets } from './own-parts.ts'
import { partsShownAgain } from './parts-shown-again.ts'
import { sealSecrets } from './secrets.ts'
import { bindSecrets } from './where-secrets-go.ts'

export type ConnectionChoice =
  | { readonly kind: 'as-before' }
  /** Its project's own profiles.yml. */
  | { readonly kind: 'profile' }
  /** The parts have the form of stratus.yml. */
  | { readonly kind: 'own'; readonly given: OwnParts }
  | { readonly kind: 'shared'; readonly connectionId: number; readonly credentialsId: number | null }

type Owner = Pick<EnvironmentRow, 'id' | 'project_id'>

/** The columns that a choice means for an environment; undefined: they stay as they are. `before`: unless it is new. */
export async function chooseConnection(
  tx: Tx,
  { secretBox, policy }: { readonly secretBox: SecretBox; readonly policy: ApplyPolicy },
  environment: Owner,
  before: EnvironmentRow | undefined,
  choice: ConnectionChoice,
): Promise<ConnectionColumns | undefined> {
  switch (choice.kind) {
    case 'as-before':
      return undefined
    case 'profile':
      return { connection: null, connection_secrets: null, connection_id: null, credentials_id: null }
    case 'own': {
      const { parts, problems } = partsShownAgain(choice.given, before, secretBox)
      if (problems.length > 0) throw invalidParts(problems)
      const { name: _name, type: adapter, ...details } = parts.connection ?? {}
      const known = { adapter: before?.connection?.type, details: before?.connection?.details ?? {} }
      await assertDetails(policy, { adapter, details }, known)
      await assertDetails(policy, { adapter, details: parts.credentials ?? {}, hidden: true }, { ...known, adapter })
      const { secrets } = updateSecrets(parts, before, secretBox)
      return {
        connection: connectionOf(parts),
        connection_secrets: secrets
          ? sealSecrets(secrets, secretBox, placeInEnvironment(environment))
          : (before?.connection_secrets ?? null),
        connection_id: null,
        credentials_id: null,
      }
    }
    case 'shared':
      return await shareConnection(tx, secretBox, environment, choice)
  }
}

async function shareConnection(
  tx: Tx,
  secretBox: SecretBox,
  environment: Owner,
  { connectionId, credentialsId }: Extract<ConnectionChoice, { kind: 'shared' }>,
): Promise<ConnectionColumns> {
  const { project_id: projectId } = environment
  // Locked, so that neither is deleted while an environment begins to use it.
  const connection = await tx
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', connectionId)
    .where((row) =>
      row.or([
        row('project_id', '=', projectId),
        row.and([
          row('project_id', 'is', null),
          row('account_id', '=', row.selectFrom('projects').select('account_id').where('id', '=', projectId)),
        ]),
      ]),
    )
    .where('state', '=', activeState)
    .forShare()
    .executeTakeFirst()
  if (connection === undefined)
    throw notOfProject('connection_id', 'a connection of its account or', projectId, connectionId)
  if (credentialsId === null) return effectiveConnection(connection, undefined, secretBox, environment)
  const credentials = await tx
    .selectFrom('credentials')
    .selectAll()
    .where('id', '=', credentialsId)
    .where('project_id', '=', projectId)
    .where('state', '=', activeState)
    .forUpdate()
    .executeTakeFirst()
  if (credentials === undefined) throw notOfProject('credentials_id', 'credentials', projectId, credentialsId)
  const columns = effectiveConnection(connection, credentials, secretBox, environment)
  await bindSecrets(tx, secretBox, connection, credentials, columns.connection)
  return columns
}

function invalidParts(problems: ReturnType<typeof partsShownAgain>['problems']): InvalidRequestError {
  const fields = Object.fromEntries(problems.map(({ part, name, message }) => [`stratus.${part}.${name}`, message]))
  return new InvalidRequestError(Object.values(fields).join('\n'), { fields })
}

function notOfProject(field: string, what: string, projectId: number, id: number): InvalidRequestError {
  const message = `Expected the id of ${what} of project ${projectId}. Got ${id}.`
  return new InvalidRequestError(message, { fields: { [field]: message } })
}
