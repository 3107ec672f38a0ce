import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { RunPlan } from '../run-engine.ts'

/** Entries of schemas and targets that are not used any more (pull requests) go after so long. */
const maxAgeMs = 14 * 24 * 3600 * 1000

/**
 * Keeps dbt's partial_parse.msgpack between runs: dbt itself checks version, profile and every file against it
 * and ignores one that does not fit or is damaged.
 */
export function partialParseFile(
  dataDir: string,
  plan: RunPlan,
  targetName: string | undefined,
  dbtVersion: string,
): string {
  const key = JSON.stringify([plan.project.subdirectory, targetName, plan.schema, dbtVersion])
  const name = createHash('sha256').update(key).digest('hex').slice(0, 24)
  const folder = `project-${plan.project.id}-environment-${plan.environment.id}`
  return path.join(dataDir, 'cache', 'partial-parse', folder, `${name}.msgpack`)
}

/** The file, if there is one: dbt refuses a path to nothing. */
export async function findPartialParse(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined) // none yet
  return found && found.size > 0 ? file : undefined
}

/** Takes over the file that a step wrote, if it wrote one. Readers see the old one or the new one. */
export async function keepPartialParse(target: string, file: string): Promise<void> {
  const written = path.join(target, 'partial_parse.msgpack')
  if ((await findPartialParse(written)) === undefined) return
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  await rename(written, file)
  await removeOld(path.dirname(file))
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name)
    const found = await stat(file).catch(() => undefined) // replaced at this moment
    if (found && Date.now() - found.mtimeMs > maxAgeMs) await rm(file, { force: true })
  }
}
