import { slimManifest } from './manifest.ts'
import { replayScenario } from './replay-scenario.ts'
import { type Scenario, scenarioSchema } from './scenario.ts'

/** Reads and parses the YAML or JSON file at `path`, which is relative to the document that names it. */
export type ReadFile = (path: string) => Promise<unknown>

/**
 * The scenario with the contents of the files that it names in their place, so that it can leave the machine where
 * the files are. Throws the schema's error, or an InvalidRequestError for a file that is not what it should be.
 */
export async function resolveScenario(simulation: unknown, read: ReadFile): Promise<Scenario> {
  const scenario = scenarioSchema.parse(typeof simulation === 'string' ? await read(simulation) : simulation)
  const { manifest, replay, ...rest } = scenario
  if (replay !== undefined) {
    const recorded = replayScenario(await read(replay.manifest), await read(replay.run_results))
    return { ...recorded, ...rest, nodes: [...(recorded.nodes ?? []), ...(rest.nodes ?? [])] }
  }
  if (manifest === undefined) return rest
  return { ...rest, manifest: slimManifest(typeof manifest === 'string' ? await read(manifest) : manifest) }
}
