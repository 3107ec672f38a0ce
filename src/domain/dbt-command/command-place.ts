/** A command is judged by these facts, besides its text. */
export interface CommandPlace {
  /** The environment's dbt, beside the 1.11 whose commands Stratus knows: `as known` is that one or an older one. */
  readonly dbt: 'as known' | 'newer' | 'unknown'
  /** Absolute folders; a command may read states below them, besides those in its project. */
  readonly roots: readonly string[]
}

/** A server knows this much of the machine that its commands run on. */
export interface CommandPolicy {
  /** The roots are absolute. */
  readonly projectRoots: readonly string[]
  /** The version of the dbt program that an environment names, if it is here and says so; the folder is its project's. */
  readonly findDbtVersion?: (command: string | null, folder: string | null) => Promise<string | undefined>
}

/** Every command may run there that may run anywhere. */
export const anywhere: CommandPlace = { dbt: 'newer', roots: ['/'] }

/** Judges a dbt by the versions that were heard of; one that is newer decides, for a server may have several. */
export function ageOfDbt(versions: readonly (string | null | undefined)[]): CommandPlace['dbt'] {
  const heard = versions.flatMap((version) => isNewer(version ?? '') ?? [])
  if (heard.length === 0) return 'unknown'
  return heard.includes(true) ? 'newer' : 'as known'
}

/** It is undefined for names of dbt Cloud such as `latest`, which say nothing. */
function isNewer(version: string): boolean | undefined {
  if (version.includes('fusion')) return true
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})/.exec(version) ?? []
  return major === undefined ? undefined : Number(major) > 1 || (Number(major) === 1 && Number(minor) > 11)
}
