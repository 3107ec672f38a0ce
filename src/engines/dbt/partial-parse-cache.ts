import { createHash } from 'node:crypto'
import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { writeFileAtomically } from '../../util/write-file-atomically.ts'
import type { RunPlan } from '../run-engine.ts'
import { changedInSilence, isUnchanged, readSchemaFiles, schemaFiles } from './program/schema-files.ts'

/** Entries of schemas and targets that are not used any more (pull requests) go after so long. */
const maxAgeMs = 14 * 24 * 3600 * 1000

/** Under which circumstances a project was parsed. */
export interface ParsedAs {
  readonly plan: RunPlan
  readonly targetName: string | undefined
  readonly dbtVersion: string
  /** The project's real folder: dbt keeps paths in what it knows. */
  readonly projectDir: string
  readonly packagesFolder: string
  /** Each checkout of an environment has a state of its own. */
  readonly slot: number
}

/** dbt's partial_parse.msgpack of an earlier run, as far as it may be believed. */
export interface PartialParse {
  /** For dbt to read; undefined when there is none that fits. */
  readonly file: string | undefined
  /** Takes over the file that a step wrote into its target folder, if it wrote one. */
  keep(target: string): Promise<void>
}

const identity = z.object({ ino: z.number(), size: z.number(), mtimeMs: z.number() })
/** Says of which project, and of which content of its files, a state is. */
const description = z.object({ projectDir: z.string(), state: identity, schemaFiles })
type Description = z.infer<typeof description>

/**
 * Keeps dbt's parsed project between runs. dbt itself checks version, profile and most files against it and ignores
 * one that is damaged. What it does not see is looked at here: that the project lies in another folder now, and that a YAML
 * file changed while its time did not. `copy` is where the file is put for this run alone.
 */
export async function openPartialParse(dataDir: string, parsedAs: ParsedAs, copy: string): Promise<PartialParse> {
  const kept = stateFile(dataDir, parsedAs)
  const { projectDir, packagesFolder } = parsedAs
  const before = await readDescription(`${kept}.json`)
  const now = await readSchemaFiles([projectDir, packagesFolder], before?.schemaFiles)
  const fits = before?.projectDir === projectDir && !changedInSilence(before.schemaFiles, now)
  const describe = (state: Description['state']) => {
    const { takenAt, files } = now
    const text: Description = { projectDir, state, schemaFiles: { takenAt, files } }
    return writeFileAtomically(`${kept}.json`, JSON.stringify(text), 0o600)
  }
  return {
    file: fits ? await copyState(kept, copy, before) : undefined,
    async keep(target) {
      const written = path.join(target, 'partial_parse.msgpack')
      const state = await identityOf(written)
      if (state !== undefined && state.size > 0) {
        await mkdir(path.dirname(kept), { recursive: true, mode: 0o700 })
        await rename(written, kept)
        await describe(state)
        await removeOld(path.dirname(kept))
      } else if (fits && now.read > 0 && isUnchanged(before.schemaFiles, now)) {
        // So that they need not be read again by the next run.
        await describe(before.state)
      }
    },
  }
}

function stateFile(dataDir: string, { plan, targetName, dbtVersion, slot }: ParsedAs): string {
  const key = JSON.stringify([plan.project.subdirectory, targetName, plan.schema, dbtVersion, slot])
  const name = createHash('sha256').update(key).digest('hex').slice(0, 24)
  const folder = `project-${plan.project.id}-environment-${plan.environment.id}`
  return path.join(dataDir, 'cache', 'partial-parse', folder, `${name}.msgpack`)
}

async function readDescription(file: string): Promise<Description | undefined> {
  try {
    const parsed = description.parse(JSON.parse(await readFile(file, 'utf8')))
    const now = new Date()
    await utimes(file, now, now) // in use
    return parsed
  } catch {
    return undefined // none yet, or of another version
  }
}

/** Another run may replace the kept file at any moment: only the one that was described is of use. */
async function copyState(kept: string, copy: string, { state }: Description): Promise<string | undefined> {
  try {
    await rm(copy, { force: true })
    await link(kept, copy)
  } catch {
    const copied = await copyFile(kept, copy).catch(() => 'absent') // some file systems know no links
    if (copied !== undefined) return undefined
    return sameFile(await identityOf(kept), state) ? copy : undefined
  }
  return sameFile(await identityOf(copy), state) ? copy : undefined
}

async function identityOf(file: string): Promise<Description['state'] | undefined> {
  const found = await stat(file).catch(() => undefined) // not there
  return found && { ino: found.ino, size: found.size, mtimeMs: found.mtimeMs }
}

function sameFile(one: Description['state'] | undefined, other: Description['state']): boolean {
  return one?.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs
}

async function removeOld(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.msgpack'))
  for (const name of names) {
    const file = path.join(folder, name)
    const used = (await identityOf(`${file}.json`)) ?? (await identityOf(file))
    if (used === undefined || Date.now() - used.mtimeMs <= maxAgeMs) continue
    for (const each of [file, `${file}.json`]) await rm(each, { force: true })
  }
}
