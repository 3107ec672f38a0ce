import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { CredentialsRecord } from '../../definitions/connections/connection-queries.ts'
import type { CredentialsChange } from '../../definitions/connections/update-credentials.ts'
import type { Detail } from '../../domain/environment.ts'
import { credentialDetails, detailScalar, type GivenDetails } from '../connections/adapter-details.ts'
import { bodyInt, bodyText, plainBodyName } from '../inputs/body-values.ts'
import { bodyId, bodyState } from '../inputs/clearable-fields.ts'
import { derivedAdapterVersion } from '../presenters/present-credentials.ts'
import { defaultThreads, noTarget } from '../presenters/present-job.ts'

/** These keys are read-only or have a place of their own; every other key is a detail of the adapter. */
const apart = {
  id: bodyId(),
  account_id: z.unknown().optional(),
  project_id: bodyId(),
  type: bodyText(100),
  state: bodyState(),
  threads: bodyInt(1, 1_024),
  target_name: plainBodyName(),
  created_at: z.unknown().optional(),
  updated_at: z.unknown().optional(),
  credential_details: credentialDetails,
  unencrypted_credential_details: z.unknown().optional(),
}

/** Credentials as clients send them. Secrets are only ever written. */
export const credentialsBody = z
  .object(apart)
  .catchall(z.unknown())
  .transform((body, context) => {
    const own = Object.entries(body).filter(([name]) => !(name in apart))
    const details: Record<string, Detail | null> = { ...body.credential_details }
    for (const [name, value] of own) {
      const parsed = detailScalar.safeParse(value)
      if (parsed.success && /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) details[name] = parsed.data
      else context.addIssue({ code: 'custom', path: ['credentials', name], message: expected })
    }
    return { ...body, details }
  })
export type CredentialsBody = z.infer<typeof credentialsBody>

const expected = 'Expected a key of a dbt profile with text, a number, true, false or null.'

/** Answers the credentials as a client's body changes them. Absent details stay, null removes one. */
export function changedCredentialsOf(body: CredentialsBody, before: CredentialsRecord): CredentialsChange {
  return {
    type: body.type ?? before.type,
    ...fixedOf(body, before),
    details: { ...before.details, ...withoutDerived(body, before) },
  }
}

/** The version of the adapter that is shown for credentials which were given none comes back as it was shown. */
function withoutDerived({ details }: CredentialsBody, before: CredentialsRecord): GivenDetails {
  const { adapter_version: version, ...others } = details
  const derived = before.details.adapter_version === undefined && version === derivedAdapterVersion(before.type)
  return version === undefined || derived ? others : details
}

/** The form has four threads and a target called "default" where nobody chose others. */
function fixedOf(body: CredentialsBody, before: Pick<CredentialsRecord, 'threads' | 'target_name'>) {
  const { threads, target_name: target } = body
  const asShown = isDeepStrictEqual(threads, before.threads ?? defaultThreads)
  return {
    threads: threads === undefined || asShown ? before.threads : threads,
    targetName: target === undefined ? before.target_name : target === noTarget || target === '' ? null : target,
  }
}

export function newCredentialsOf(body: CredentialsBody): {
  threads: number | null
  targetName: string | null
  details: GivenDetails
} {
  const { threads, targetName } = fixedOf(body, { threads: null, target_name: null })
  return { threads: body.threads ?? threads, targetName, details: body.details }
}
