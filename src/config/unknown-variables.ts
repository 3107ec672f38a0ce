import type { RawEnvironment } from './env.ts'
import { type VariableName, variableNames } from './env-variables.ts'
import { fileVariableNames } from './secret-files.ts'

/** Set variables that look like Stratus's but are none of them, each with the nearest real name. */
export function unknownVariables(
  raw: RawEnvironment = process.env,
): { name: string; nearest: VariableName | undefined }[] {
  const known: ReadonlySet<string> = new Set([...variableNames, ...fileVariableNames])
  return Object.entries(raw)
    .filter(([name, value]) => value !== '' && name.startsWith('STRATUS_') && !known.has(name))
    .map(([name]) => ({ name, nearest: variableNames.find((candidate) => isNear(name, candidate)) }))
}

/** The same letters but for at most two insertions, deletions or replacements. */
function isNear(left: string, right: string): boolean {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1
      current.push(
        Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + same),
      )
    }
    previous = current
  }
  return (previous[right.length] ?? Number.POSITIVE_INFINITY) <= 2
}
