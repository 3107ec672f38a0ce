import { nearestName } from '../util/text/nearest-name.ts'
import { type VariableName, variableNames } from './env-variables.ts'
import type { RawEnvironment } from './raw-environment.ts'
import { fileVariableNames } from './secret-files.ts'

/** Set variables that look like Stratus's but are none of them, each with the nearest real name. */
export function unknownVariables(
  raw: RawEnvironment = process.env,
): { name: string; nearest: VariableName | undefined }[] {
  const known: ReadonlySet<string> = new Set([...variableNames, ...fileVariableNames])
  return Object.entries(raw)
    .filter(([name, value]) => value !== '' && name.startsWith('STRATUS_') && !known.has(name))
    .map(([name]) => ({ name, nearest: nearestVariable(name) }))
}

/** Compares what follows the prefix, which is the same in all of them. */
function nearestVariable(name: string): VariableName | undefined {
  const rest = (full: string) => full.slice('STRATUS_'.length)
  const nearest = nearestName(rest(name), variableNames.map(rest))
  return variableNames.find((candidate) => rest(candidate) === nearest)
}
