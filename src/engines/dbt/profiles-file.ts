import path from 'node:path'
import * as z from 'zod'
import { renderEnvVars } from './render-env-vars.ts'
import { StepFailure } from './step-failure.ts'
import { readYaml } from './yaml-file.ts'

type Variables = Readonly<Record<string, string>>

const output = z.record(z.string(), z.unknown())
const profile = z.looseObject({ target: z.string().optional(), outputs: z.record(z.string(), output) })
export type Profile = z.infer<typeof profile>
export type ProfileOutput = z.infer<typeof output>

export interface ProfilesFile {
  readonly file: string
  readonly text: string
  readonly content: Readonly<Record<string, unknown>>
}

/** The profiles.yml that dbt itself would take: of DBT_PROFILES_DIR, of the project's folder, of ~/.dbt. */
export async function findProfilesFile(projectDir: string, variables: Variables): Promise<ProfilesFile> {
  const named = variables.DBT_PROFILES_DIR ?? variables.DBT_ENGINE_PROFILES_DIR
  const folders = named ? [path.resolve(projectDir, named)] : [projectDir, path.join(variables.HOME ?? '/', '.dbt')]
  for (const folder of folders) {
    const file = path.join(folder, 'profiles.yml')
    const yaml = await readYaml(file)
    if (yaml === undefined) continue
    const parsed = z.record(z.string(), z.unknown()).safeParse(yaml.content)
    if (!parsed.success) throw new StepFailure(`${file} holds no profiles.`)
    return { file, text: yaml.text, content: parsed.data }
  }
  const places = folders.join(' or ')
  throw new StepFailure(`There is no profiles.yml in ${places}${named ? ' (DBT_PROFILES_DIR)' : ''}.`)
}

/** One profile of the file. */
export function profileIn({ file, content }: ProfilesFile, name: string): Profile {
  const found = content[name]
  if (found === undefined) {
    const others = Object.keys(content).filter((key) => key !== 'config')
    throw new StepFailure(`There is no profile '${name}' in ${file}${listed(others)}.`)
  }
  const parsed = profile.safeParse(found)
  if (parsed.success) return parsed.data
  const place = parsed.error.issues[0]?.path.join('.')
  throw new StepFailure(
    `The profile '${name}' in ${file} is broken: ${place ? `${name}.${place}` : name} is missing or of the wrong type.`,
  )
}

/**
 * The target that dbt will take when `wanted` is asked for. dbt Cloud's jobs say `default` when they ask for
 * none in particular.
 */
export function targetOf(profile: Profile, wanted: string | undefined, variables: Variables): string {
  if (wanted !== undefined && (wanted !== 'default' || profile.outputs.default !== undefined)) return wanted
  const own = profile.target ?? 'default'
  return renderEnvVars(own, variables) ?? own
}

/** The output of that name; dbt's own message about a missing one comes only after its slow start. */
export function outputOf(name: string, profile: Profile, target: string, file: string): ProfileOutput {
  const found = profile.outputs[target]
  if (found !== undefined) return found
  throw new StepFailure(
    `There is no target '${target}' in the profile '${name}' of ${file}${listed(Object.keys(profile.outputs))}.`,
  )
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : `; it has ${names.join(', ')}`
}
