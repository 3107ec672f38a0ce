import { isMapping } from '../../../util/objects/mapping.ts'
import { type DocumentPath, type Problem, pathText, problem } from '../schema/problem.ts'

export interface Resolved {
  readonly data: unknown
  readonly problems: readonly Problem[]
  /** Path text to the name of the variable, so that no message shows such a value. */
  readonly fromEnv: ReadonlyMap<string, string>
}

/** Replaces every `{from_env: NAME}` by the value of NAME in `environment`. */
export function resolveFromEnv(data: unknown, environment: Readonly<Record<string, string | undefined>>): Resolved {
  const problems: Problem[] = []
  const fromEnv = new Map<string, string>()

  function resolve(value: unknown, path: DocumentPath): unknown {
    if (Array.isArray(value)) return value.map((item, index) => resolve(item, [...path, index]))
    if (!isMapping(value)) return value
    if (!Object.hasOwn(value, 'from_env')) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, [...path, key])]))
    }
    return resolveOne(value, path)
  }

  function resolveOne(value: Record<string, unknown>, path: DocumentPath): string {
    const { from_env: name, ...others } = value
    for (const key of Object.keys(others)) {
      problems.push(problem([...path, key], `unknown key "${key}", expected from_env alone`, 'key'))
    }
    fromEnv.set(pathText(path), String(name))
    if (typeof name !== 'string' || name === '') {
      problems.push(problem([...path, 'from_env'], 'expected the name of an environment variable'))
      return ''
    }
    const found = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (found === undefined) {
      const message = `got from_env: ${name}, expected that environment variable to be set where this command runs`
      problems.push(problem([...path, 'from_env'], message))
    }
    return found ?? ''
  }

  return { data: resolve(data, []), problems, fromEnv }
}
