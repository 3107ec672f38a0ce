import { field, isMapping } from '../../../../util/objects/mapping.ts'
import type { ProfilesFile } from '../read/profiles-file.ts'
import type { ProjectFile } from '../read/project-file.ts'
import { needsDbt, renderEnvVars } from '../read/render-env-vars.ts'
import type { Choice, Verdict } from './choice.ts'

export interface Sources {
  readonly project: ProjectFile
  readonly profiles: ProfilesFile
  readonly variables: Readonly<Record<string, string>>
}

/** Says what dbt will make of a choice, as far as that can be said in a millisecond and for certain. */
export function resolveChoice(choice: Choice, { project, profiles, variables }: Sources): Verdict {
  const doubted = [project, profiles].find(({ doubt }) => doubt !== undefined)
  if (doubted?.doubt !== undefined) return unsure(`${doubted.file}: ${doubted.doubt.reason}`)

  const name = choice.profile ?? rendered(project.profile, project.file, variables)
  if (name === undefined) {
    return refused(`${project.file} names no profile: add a line like \`profile: my_profile\`.`)
  }
  if (typeof name !== 'string') return name
  const profile = field(profiles.content, name)
  if (!isMapping(profile)) return noProfile(name, profiles, profile)
  const outputs = field(profile, 'outputs')
  if (!isMapping(outputs)) {
    return refused(
      `The profile '${name}' in ${profiles.file} is broken: ${name}.outputs is missing or of the wrong type.`,
    )
  }

  const { targetIfThere: preferred } = choice
  const isThere = preferred !== undefined && field(outputs, preferred) !== undefined
  const chosen = isThere ? preferred : choice.target
  const target = chosen ?? rendered(field(profile, 'target'), profiles.file, variables) ?? 'default'
  if (typeof target !== 'string') return target
  const output = field(outputs, target)
  if (!isMapping(output)) return noTarget(target, name, profiles, output, Object.keys(outputs))
  const open = textsThatCount(output).find(needsDbt)
  if (open !== undefined) return unsure(`${profiles.file}: ${open}`)
  const type = rendered(output.type, profiles.file, variables)
  return { kind: 'known', name, target, output: { ...output, type }, shown: output }
}

/** A name in one of the files: undefined if there is none. */
function rendered(value: unknown, file: string, variables: Sources['variables']): string | Verdict | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') return unsure(`${file}: ${JSON.stringify(value)} is no text`)
  if (needsDbt(value)) return unsure(`${file}: ${value}`)
  return renderEnvVars(value, variables) ?? refused(`A variable that ${file} asks for is not set: ${value}`)
}

/** Jinja elsewhere in an output is none of Stratus's business. */
function textsThatCount(output: Readonly<Record<string, unknown>>): string[] {
  const attached = Array.isArray(output.attach) ? output.attach.flatMap((one) => [field(one, 'path'), one]) : []
  return [output.type, output.path, output.attach, ...attached].filter((value) => typeof value === 'string')
}

function noProfile(name: string, { file, content }: ProfilesFile, found: unknown): Verdict {
  if (!isMapping(content)) return refused(`${file} holds no profiles.`)
  if (found !== undefined) return refused(`The profile '${name}' in ${file} is empty or no mapping.`)
  const others = Object.keys(content).filter((key) => key !== 'config')
  return refused(`There is no profile '${name}' in ${file}${listed(others)}.`)
}

function noTarget(
  target: string,
  name: string,
  { file }: ProfilesFile,
  found: unknown,
  names: readonly string[],
): Verdict {
  if (found !== undefined) return refused(`The target '${target}' of the profile '${name}' in ${file} is empty.`)
  return refused(`There is no target '${target}' in the profile '${name}' of ${file}${listed(names)}.`)
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : `; it has ${names.join(', ')}`
}

function refused(reason: string): Verdict {
  return { kind: 'refused', reason }
}

function unsure(reason: string): Verdict {
  return { kind: 'unsure', reason }
}
