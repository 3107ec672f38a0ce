import { hostname } from 'node:os'
import path from 'node:path'
import type { StepLog } from '../../../steps/step-log.ts'
import { projectOf, type Run } from '../../run.ts'
import { environmentOf } from '../../run-environment.ts'
import type { ProfileOutput } from '../read/profiles-file.ts'
import { duckdbFilesOf, withoutLinks } from './duckdb-files.ts'
import { type Lasting, lastingOutput, prepareLasting } from './lasting-files.ts'

/** Waits until this run alone may write the DuckDB files of its outputs. */
export async function holdDuckdbFiles(run: Run, outputs: readonly ProfileOutput[], log: StepLog): Promise<void> {
  const { dir } = projectOf(run)
  const variables = environmentOf(run)
  const files = await Promise.all(outputs.map((output) => duckdbFilesOf(output, dir, variables)))
  // In one order for all runs, so that no two wait for each other.
  for (const file of [...new Set(files.flat())].sort()) {
    await run.sink.holdExclusively([await resourceOf(run, file)], (holder) => {
      log.say(`Waiting for run ${holder}, which uses the same DuckDB file ${file}.`)
      log.flush()
    })
  }
}

/** A file in the data folder is the same one for all machines that share that. */
async function resourceOf({ services: { dataDir, dataFolderId } }: Run, file: string): Promise<string> {
  const inside = path.relative(await withoutLinks(dataDir), file)
  return inside.startsWith('..') ? `duckdb:${hostname()}:${file}` : `duckdb:${dataFolderId}:${inside}`
}

export async function prepareFiles(run: Run, lasting: Lasting, log: StepLog): Promise<void> {
  const place = projectOf(run).lastingPlace
  if (place === undefined) return
  await prepareLasting(lasting, place, run.hands)
  const where = run.services.severalWorkers
    ? ` That is in the data folder of ${hostname()}: workers with another data folder have another file.`
    : ''
  for (const [file, { written }] of new Map(lasting.files.map((each) => [each.file, each])))
    log.say(`The DuckDB file ${written} is kept at ${file}, for all runs of this environment.${where}`)
}

/** The outputs as they are written for dbt, and what of them is kept outside of the checkout. */
export async function lastingOutputs(
  run: Run,
  outputs: readonly ProfileOutput[],
): Promise<{ outputs: readonly ProfileOutput[]; lasting: Lasting }> {
  const place = projectOf(run).lastingPlace
  if (place === undefined) return { outputs, lasting: { files: [], folders: [] } }
  const placed = await Promise.all(outputs.map((output) => lastingOutput(output, place, environmentOf(run))))
  return {
    outputs: placed.map(({ output }) => output),
    lasting: { files: placed.flatMap(({ files }) => files), folders: placed.flatMap(({ folders }) => folders) },
  }
}
