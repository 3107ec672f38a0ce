import type { ConnectionChoice } from '../../definitions/connections/choose-connection.ts'
import type { EnvironmentRecord } from '../../definitions/environments/environment-queries.ts'
import { settingsOfWire } from '../../definitions/environments/environment-wire.ts'
import type { EnvironmentChange } from '../../definitions/environments/update-environment.ts'
import {
  defaultEnvironmentSettings,
  type EnvironmentSettings,
  environmentSettingsOf,
} from '../../domain/environment.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { connectionIdOf, unknownDbtVersion } from '../presenters/present-environment.ts'
import type { EnvironmentBody } from './environment-body.ts'

export function newEnvironmentOf(body: EnvironmentBody, name: string): EnvironmentChange {
  const before = { connectionId: null, credentialsId: null, isShared: false }
  return consistent(settingsOf(body, { name, ...defaultEnvironmentSettings }), connectionChoiceOf(body, before))
}

/** Answers the environment as a client's body changes it. A value that comes back as it was shown leaves what is stored. */
export function changedEnvironmentOf(body: EnvironmentBody, environment: EnvironmentRecord): EnvironmentChange {
  const choice = connectionChoiceOf(body, {
    connectionId: connectionIdOf(environment),
    credentialsId: environment.credentials_id,
    isShared: environment.connection_id !== null,
  })
  const namesProfile = body.stratus?.profile?.name && choice.kind === 'as-before'
  const settings = settingsOf(body, environmentSettingsOf(environment))
  return consistent(settings, namesProfile ? { kind: 'profile' } : choice)
}

/** A connection replaces the profile that was named, as in stratus.yml, where they exclude each other. */
function consistent(settings: EnvironmentSettings, connection: ConnectionChoice): EnvironmentChange {
  const connects = connection.kind === 'own' || connection.kind === 'shared'
  return { settings: connects ? { ...settings, profile_name: null } : settings, connection }
}

function settingsOf(body: EnvironmentBody, before: EnvironmentSettings): EnvironmentSettings {
  const versionAsShown = body.dbt_version === unknownDbtVersion && before.dbt_version === null
  const given = {
    ...body.stratus,
    ...body,
    ...(versionAsShown && { dbt_version: undefined }),
    // A branch counts only while `use_custom_branch` says so, and is kept only then.
    ...(body.use_custom_branch === false && { custom_branch: null }),
  }
  return settingsOfWire(given, before)
}

interface ConnectionBefore {
  /** Clients see this id, whether the connection is shared or not. */
  readonly connectionId: number | null
  readonly credentialsId: number | null
  readonly isShared: boolean
}

function connectionChoiceOf(body: EnvironmentBody, before: ConnectionBefore): ConnectionChoice {
  const { connection_id: connectionId, credentials_id: credentialsId, stratus = {} } = body
  const connectionChanges = connectionId !== undefined && connectionId !== before.connectionId
  const credentialsChange = credentialsId !== undefined && credentialsId !== before.credentialsId
  if (stratus.connection) {
    if (connectionChanges && connectionId !== null) throw onlyOne()
    return { kind: 'own', given: { connection: stratus.connection, credentials: stratus.credentials } }
  }
  if (connectionChanges && connectionId === null) return { kind: 'profile' }
  if (!connectionChanges && !credentialsChange) {
    return stratus.connection === null && !before.isShared ? { kind: 'profile' } : { kind: 'as-before' }
  }
  const shared = connectionChanges ? connectionId : before.isShared ? before.connectionId : null
  if (shared === null) throw credentialsAlone(credentialsId ?? null)
  return {
    kind: 'shared',
    connectionId: shared,
    credentialsId: credentialsId === undefined ? before.credentialsId : credentialsId,
  }
}

function onlyOne(): InvalidRequestError {
  const message = 'Expected connection_id or stratus.connection, not both.'
  return new InvalidRequestError(message, { fields: { connection_id: message } })
}

function credentialsAlone(id: number | null): InvalidRequestError {
  const message =
    'Expected connection_id beside credentials_id: the connection of this environment is its own, ' +
    `and has its credentials with it. Got ${id}.`
  return new InvalidRequestError(message, { fields: { credentials_id: message } })
}
