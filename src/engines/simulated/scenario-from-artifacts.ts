import { readFile } from 'node:fs/promises'
import { replayScenario } from '../../domain/scenarios/replay-scenario.ts'
import type { Scenario } from '../../domain/scenarios/scenario.ts'

/** Turns what a recorded run left into the scenario that plays it again. */
export async function scenarioFromArtifacts(manifestFile: string, runResultsFile: string): Promise<Scenario> {
  const [manifest, results] = await Promise.all([manifestFile, runResultsFile].map(readJson))
  return replayScenario(manifest, results)
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'))
}
