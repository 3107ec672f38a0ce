import {
  defaultEnvironmentSettings,
  type EnvironmentSettings,
  environmentSettingKeys,
} from '../../domain/environment.ts'
import { type Given, mergeGiven } from '../../util/objects/merge-given.ts'
import { pick } from '../../util/objects/pick.ts'

/*
 * An environment's settings as JSON, with the keys of stratus.yml. What has its own name there stands in no list, so
 * that a new setting of that kind is on the wire once it is among the settings. dbt Cloud's environments have some of
 * them under the same keys; the API has the others under `stratus`.
 */

/** The settings that the wire has elsewhere than under their own names. */
export const wireNames = { dbt_command: 'dbt.command', profile_name: 'profile.name', target_name: 'profile.target' }

const sharedNames = ['name', 'type', 'deployment_type', 'dbt_version', 'custom_branch'] as const
type SharedName = (typeof sharedNames)[number]
type OwnName = Exclude<keyof EnvironmentSettings, SharedName | keyof typeof wireNames>

const shared: ReadonlySet<string> = new Set(sharedNames)
const ownNames = environmentSettingKeys.filter((key): key is OwnName => !(key in wireNames) && !shared.has(key))

export interface GivenEnvironment extends Given<Pick<EnvironmentSettings, SharedName | OwnName>> {
  readonly dbt?: { readonly command?: string | null | undefined } | null | undefined
  readonly profile?:
    | { readonly name?: string | null | undefined; readonly target?: string | null | undefined }
    | null
    | undefined
}

/** `before` with what is given: null returns a setting to its default, undefined leaves it. `dbt` and `profile` are given whole. */
export function settingsOfWire(given: GivenEnvironment, before: EnvironmentSettings): EnvironmentSettings {
  const { dbt, profile } = given
  const values: Given<EnvironmentSettings> = {
    ...pick(given, [...sharedNames, ...ownNames]),
    ...(dbt !== undefined && { dbt_command: dbt?.command ?? null }),
    ...(profile !== undefined && { profile_name: profile?.name ?? null, target_name: profile?.target ?? null }),
  }
  return mergeGiven(before, values, defaultEnvironmentSettings)
}

/** The settings that dbt Cloud's environments have, too. */
export function sharedSettings(environment: EnvironmentSettings) {
  return pick(environment, sharedNames)
}

/** The others, also where they are the default. */
export function ownSettings(environment: EnvironmentSettings) {
  return {
    ...pick(environment, ownNames),
    dbt: { command: environment.dbt_command },
    profile: { name: environment.profile_name, target: environment.target_name },
  }
}

export function wireOfSettings(environment: EnvironmentSettings) {
  return { ...sharedSettings(environment), ...ownSettings(environment) }
}
