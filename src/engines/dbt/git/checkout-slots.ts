import { readdir, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { StepLog } from '../../steps/step-log.ts'
import type { Run } from '../run.ts'
import { mirrorsFolder } from './git-mirror.ts'

/** So many runs of one environment can work on one data folder at once; the next one waits. */
const slotsPerEnvironment = 64

/** A folder that no run has used for so long is removed, by the first git run of a day. */
const maxUnusedMs = 14 * 24 * 3600 * 1000
const sweepEveryMs = 24 * 3600 * 1000

/** One run of an environment works in it: the path is the same for each of its runs, but for those that run at once. */
export interface Slot {
  readonly number: number
  readonly folder: string
}

/** Takes the first slot of the run's environment that no other run has, on any machine with this data folder. */
export async function takeSlot(run: Run, log: StepLog): Promise<Slot> {
  const { dataFolderId, dataDir } = run.services
  const environment = environmentFolder(run)
  const names = Array.from({ length: slotsPerEnvironment }, (_, index) => `${environment}/slot-${index + 1}`)
  const hold = await run.sink.holdExclusively(
    names.map((name) => resourceOf(dataFolderId, name)),
    (holder) => {
      log.say(`Waiting for run ${holder}: all checkouts of this environment are in use.`)
      log.flush()
    },
  )
  const number = names.findIndex((name) => resourceOf(dataFolderId, name) === hold.resource) + 1
  const folder = path.join(checkoutsFolder(dataDir), environment, `slot-${number}`)
  await run.hands.makeFolder(folder)
  await markAsUsed(folder)
  return { number, folder }
}

/** Says that a folder was used now, for the sweep. */
export async function markAsUsed(folder: string): Promise<void> {
  const now = new Date()
  await utimes(folder, now, now)
}

/** The name that runs hold a mirror or a slot by. */
export function resourceOf(dataFolderId: string, name: string): string {
  return `git:${dataFolderId}:${name}`
}

/** Removes the slots and mirrors of this data folder that no run has used for long, at most once a day. */
export async function sweep(run: Run, log: StepLog): Promise<void> {
  try {
    await removeAllUnused(run)
  } catch (error) {
    run.signal.throwIfAborted()
    log.say(`Checkouts that are not used any more could not be removed: ${String(error)}`)
  }
}

async function removeAllUnused(run: Run): Promise<void> {
  const { dataDir } = run.services
  const marker = path.join(checkoutsFolder(dataDir), '.swept')
  if (!(await isOlder(marker, sweepEveryMs))) return
  await writeFile(marker, '')
  for (const environment of await namesIn(checkoutsFolder(dataDir))) {
    const folder = path.join(checkoutsFolder(dataDir), environment)
    for (const slot of await namesIn(folder)) await removeUnused(run, path.join(folder, slot), `${environment}/${slot}`)
  }
  for (const name of await namesIn(mirrorsFolder(dataDir)))
    await removeUnused(run, path.join(mirrorsFolder(dataDir), name), name.replace(/\.partial$/, ''))
}

async function removeUnused(run: Run, folder: string, name: string): Promise<void> {
  if (!(await isOlder(folder, maxUnusedMs))) return
  const hold = await run.sink.tryToHold(resourceOf(run.services.dataFolderId, name))
  if (hold === undefined) return
  try {
    if (await isOlder(folder, maxUnusedMs)) await run.hands.remove(folder)
  } finally {
    await hold.free()
  }
}

/** It is also true when there is nothing of that name. */
async function isOlder(file: string, ageMs: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  return found === undefined || Date.now() - found.mtimeMs > ageMs
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []) // none yet
  return names.filter((name) => !name.startsWith('.'))
}

function checkoutsFolder(dataDir: string): string {
  return path.join(dataDir, 'checkouts')
}

function environmentFolder({ plan, hands: { user } }: Run): string {
  return `environment-${plan.environment.id}${user === undefined ? '' : `-user-${user.uid}`}`
}
