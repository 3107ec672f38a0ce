import { SetupError } from '../domain/errors.ts'
import { type Env, metaOf, type VariableName, variableNames, variables } from './env-variables.ts'
import type { RawEnvironment } from './raw-environment.ts'
import { readSecretFiles } from './secret-files.ts'

/** Flags given on the command line, under the names of the variables they override. */
export type FlagValues = Partial<Record<VariableName, string>>

/** Reads the environment, flags first. Throws one SetupError that lists every problem. An empty variable counts as absent. Secrets may stand in files. */
export function readEnv(flags: FlagValues = {}, raw: RawEnvironment = process.env): Env {
  const given: Record<string, string> = {}
  for (const name of Object.keys(variables.shape)) {
    const value = raw[name]
    if (value !== undefined && value !== '') given[name] = value
  }
  const secretFiles = readSecretFiles(raw)
  Object.assign(given, secretFiles.values)
  const result = variables.safeParse({ ...given, ...flags })
  if (result.success && secretFiles.problems.length === 0) return result.data
  const names = new Set(result.error?.issues.map((issue) => issue.path[0]))
  const problems = [
    ...secretFiles.problems,
    ...variableNames.filter((name) => names.has(name)).map((name) => describeProblem(name, flags, given)),
  ]
  throw new SetupError(
    problems.length === 1
      ? `${problems[0]}`
      : `The configuration has ${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  )
}

function describeProblem(name: VariableName, flags: FlagValues, given: Record<string, string>): string {
  const meta = metaOf(name)
  const flagged = flags[name] !== undefined
  const value = flags[name] ?? given[name] ?? ''
  const got = meta.secret ? `a value of ${value.length} characters` : JSON.stringify(value)
  return `${flagged && meta.flag ? meta.flag : name}: got ${got}, expected ${meta.expected}.`
}
