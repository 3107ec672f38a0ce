import { createHash } from 'node:crypto'
import { copyFile, link, lstat, mkdir, readdir, rename, rm, utimes } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { openForeign, readForeign } from '../../../util/files/open-foreign.ts'
import { writeFileAtomically } from '../../../util/files/write-file-atomically.ts'
import type { RunPlan } from '../../run-engine.ts'
import type { Hands } from '../users/hands.ts'
import { changedInSilence, isUnchanged, readSchemaFiles, schemaFiles } from './schema-files.ts'

/** Entries of schemas and targets that are not used any more (pull requests) go after so long. */
const maxAgeMs = 14 * 24 * 3600 * 1000

const mebibyte = 1024 * 1024
const maxDescription = 256 * mebibyte
/** dbt reads all of it. */
const maxState = 4096 * mebibyte

/** Says under which circumstances a project was parsed. */
export interface ParsedAs {
  /** The user who parsed it owns the file that is kept. */
  readonly hands: Hands
  readonly plan: RunPlan
  readonly targetName: string | undefined
  /** It is the version, else the program's file: dbt starts anew from what another version of it wrote. */
  readonly dbt: string
  /** It is the project's real folder: dbt keeps paths in what it knows. */
  readonly projectDir: string
  readonly packagesFolder: string
  /** The real folder that the project's files are of, if Stratus checked them out. */
  readonly checkout: string | undefined
  /** Each checkout of an environment has a state of its own. */
  readonly slot: number
}

/** dbt's partial_parse.msgpack of an earlier run, as far as it may be believed. */
export interface PartialParse {
  /** It is for dbt to read, and undefined when there is none that fits. */
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
  const { projectDir, packagesFolder, checkout, hands } = parsedAs
  const before = await readDescription(`${kept}.json`)
  const now = await readSchemaFiles([projectDir, packagesFolder], before?.schemaFiles, checkout)
  const fits = now.isWhole && before?.projectDir === projectDir && !changedInSilence(before.schemaFiles, now)
  const describe = (state: Description['state']) => {
    const { takenAt, files } = now
    const text: Description = { projectDir, state, schemaFiles: { takenAt, files } }
    return writeFileAtomically(`${kept}.json`, JSON.stringify(text), 0o600)
  }
  return {
    file: fits ? await copyState(kept, copy, before, hands) : undefined,
    async keep(target) {
      const state = await takeOver(target, kept)
      if (state !== undefined) {
        await describe(state)
        await removeOld(path.dirname(kept))
      } else if (fits && now.read > 0 && isUnchanged(before.schemaFiles, now)) {
        // So that they need not be read again by the next run.
        await describe(before.state)
      }
    },
  }
}

function stateFile(dataDir: string, { plan, targetName, dbt, slot, hands }: ParsedAs): string {
  const key = JSON.stringify([plan.project.subdirectory, targetName, plan.schema, dbt, slot, hands.user?.uid])
  const name = createHash('sha256').update(key).digest('hex').slice(0, 24)
  const folder = `project-${plan.project.id}-environment-${plan.environment.id}`
  return path.join(dataDir, 'cache', 'partial-parse', folder, `${name}.msgpack`)
}

async function readDescription(file: string): Promise<Description | undefined> {
  try {
    const text = await readForeign(file, { maxBytes: maxDescription, isOwn: true })
    const parsed = description.parse(JSON.parse(text.toString()))
    const now = new Date()
    await utimes(file, now, now) // in use
    return parsed
  } catch {
    return undefined // none yet, or of another version
  }
}

/** Another run may replace the kept file at any moment: only the one that was described is of use. */
async function copyState(
  kept: string,
  copy: string,
  { state }: Description,
  hands: Hands,
): Promise<string | undefined> {
  try {
    await rm(copy, { force: true })
    await link(kept, copy)
  } catch {
    const copied = await copyFile(kept, copy).catch(() => 'absent') // some file systems know no links
    if (copied !== undefined) return undefined
    await hands.give(copy)
    return sameFile(await identityOf(kept), state) ? copy : undefined
  }
  return sameFile(await identityOf(copy), state) ? copy : undefined
}

/** Moves the file that a step wrote, if it is one: a link would be followed later, and another folder robbed of its own. */
async function takeOver(target: string, kept: string): Promise<Description['state'] | undefined> {
  const written = path.join(target, 'partial_parse.msgpack')
  const size = await openForeign(written, { below: target }, async (file) => file.size).catch(() => 0) // none
  const state = size === 0 || size > maxState ? undefined : await identityOf(written)
  if (state === undefined) return undefined
  await mkdir(path.dirname(kept), { recursive: true, mode: 0o700 })
  await rename(written, kept)
  return sameFile(await identityOf(kept), state) ? state : undefined
}

async function identityOf(file: string): Promise<Description['state'] | undefined> {
  const found = await lstat(file).catch(() => undefined) // not there
  return found?.isFile() ? { ino: found.ino, size: found.size, mtimeMs: found.mtimeMs } : undefined
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
