import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { splitDetails } from '../../definitions/connections/secrets.ts'
import type { ConnectionChange } from '../../definitions/connections/update-connection.ts'
import type { Connection, Detail } from '../../domain/environment.ts'
import { bodyText } from '../inputs/body-values.ts'
import { bodyId, bodyName, bodyState } from '../inputs/clearable-fields.ts'
import { presentDetails } from '../presenters/present-connection.ts'
import { connectionDetails, type GivenDetails } from './adapter-details.ts'

const adapterExpected = { error: "Expected the name of a dbt adapter, such as 'postgres'." }

/** A connection as clients send it; what else they send back of what they read is ignored. */
export const connectionBody = z.object({
  id: bodyId(),
  project_id: bodyId(),
  name: bodyName(),
  type: z
    .string(adapterExpected)
    .max(100)
    .regex(/^[a-z][a-z0-9_]*$/, adapterExpected)
    .nullish()
    .transform((type) => type ?? undefined),
  adapter_version: bodyText(100),
  state: bodyState(),
  details: connectionDetails,
})
export type ConnectionBody = z.infer<typeof connectionBody>

/** This is a connection of the account; its details are its `config`. */
export const accountConnectionBody = connectionBody
  .omit({ project_id: true, details: true })
  .extend({ account_id: bodyId(), config: connectionDetails })

/** dbt Cloud says "adapter" of all newer ones, and their names in `adapter_version`: `databricks_v0`. */
export function adapterOf({
  type,
  adapter_version: version,
}: Partial<Pick<ConnectionBody, 'type' | 'adapter_version'>>): string | undefined {
  const named = version?.replace(/_v\d+$/, '')
  const adapter = type === undefined || type === 'adapter' ? (named ?? type) : type
  return adapter === undefined ? undefined : (dbtNames.get(adapter) ?? adapter)
}

const dbtNames = new Map([
  ['apache_spark', 'spark'],
  ['databricks_spark', 'databricks'],
])

/** Answers the connection as a client's body changes it. A detail that comes back as it was shown stays what is stored. */
export function changedConnectionOf(body: ConnectionBody, before: Connection): ConnectionChange {
  const type = adapterOf(body)
  return {
    name: body.name ?? before.name,
    type: type === undefined || (body.type === 'adapter' && body.adapter_version === undefined) ? before.type : type,
    details: body.details === undefined ? before.details : changedDetails(body.details, before),
  }
}

/** An update of a connection of the account keeps the details that it does not give, and removes one with null. */
export function mergedConnectionOf(body: z.infer<typeof accountConnectionBody>, before: Connection): ConnectionChange {
  const { config, ...rest } = body
  const shown = presentDetails(before)
  const given = Object.entries(config ?? {}).filter(([name, value]) => !isDeepStrictEqual(shown[name], value))
  const renamesHost = given.some(([name]) => hostNames.has(name))
  const kept = Object.entries(before.details).filter(([name]) => !(renamesHost && hostNames.has(name)))
  const details = { ...Object.fromEntries(kept), ...Object.fromEntries(given) }
  return { ...changedConnectionOf({ ...rest, project_id: undefined, details: undefined }, before), details }
}

/** One thing under several names: who changes one of them means them all. */
const hostNames = new Set(['host', 'hostname', 'server'])

function changedDetails(given: GivenDetails, before: Connection): GivenDetails {
  const shown = presentDetails(before)
  const { details, secrets } = splitDetails(given)
  const isShown = ([name, value]: [string, unknown]) => isDeepStrictEqual(shown[name], value)
  const renamesHost = Object.entries(details).some((entry) => hostNames.has(entry[0]) && !isShown(entry))
  const changed = Object.entries(details).flatMap(([name, value]): [string, Detail][] => {
    if (!isShown([name, value])) return [[name, value]]
    if (renamesHost && hostNames.has(name)) return []
    const stored = before.details[name]
    return stored === undefined ? [] : [[name, stored]]
  })
  return { ...Object.fromEntries(changed), ...secrets }
}
