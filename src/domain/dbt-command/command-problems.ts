import { commandProblem } from './command-problem.ts'

/** A sentence for each command that no step can run, by its place in the list that is called `field`. */
export function commandProblems(
  field: string,
  commands: readonly string[],
  known: readonly string[] = [],
): Record<string, string> {
  const problems = commands.map((command) => (known.includes(command) ? undefined : commandProblem(command)))
  return Object.fromEntries(
    problems.flatMap((problem, index) => (problem === undefined ? [] : [[`${field}.${index}`, problem]])),
  )
}
