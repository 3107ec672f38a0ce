import { ageOfDbt, type CommandPolicy } from './command-place.ts'
import { commandProblem } from './command-problem.ts'

/** The server has heard this of an environment's dbt; each part may be missing. */
export interface DbtOfEnvironment {
  readonly engine: 'dbt' | 'simulated'
  readonly command: string | null
  /** A relative command leads from the project's folder. */
  readonly folder: string | null
  readonly versions: readonly (string | null | undefined)[]
}

/**
 * Sentences for the commands that no step can run there, each with its place in the list. What the environment's dbt is,
 * is asked for only when a command has a part that dbt 1.11 does not know.
 */
export async function judgeCommands(
  commands: readonly string[],
  { projectRoots: roots, findDbtVersion }: CommandPolicy,
  environment: () => Promise<DbtOfEnvironment | undefined>,
): Promise<[index: number, problem: string][]> {
  const problems = commands.map((command) => commandProblem(command, { dbt: 'newer', roots }))
  const strict = commands.map((command) => commandProblem(command, { dbt: 'as known', roots }))
  if (strict.some((problem, index) => problem !== undefined && problems[index] === undefined)) {
    const dbt = await ageOf(await environment())
    for (const [index, command] of commands.entries()) problems[index] = commandProblem(command, { dbt, roots })
  }
  return problems.flatMap((problem, index) => (problem === undefined ? [] : [[index, problem]]))

  async function ageOf(known: DbtOfEnvironment | undefined) {
    if (known === undefined) return 'unknown'
    const { engine, command, folder, versions } = known
    const found = engine === 'dbt' ? await findDbtVersion?.(command, folder) : undefined
    return ageOfDbt([found, ...versions])
  }
}
