import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { removeLeftoverWorkspaces } from '../workspace.ts'
import { isAlive } from './process-identity.ts'
import { type ProcessRecord, readProcessRecords } from './process-records.ts'

const pollMs = 50

/**
 * Serves the start of a worker: ends what workers of this data folder that died left running, and removes their
 * workspaces. Usually their guardians have done so; this is for when those died too. Only processes that are
 * beyond doubt the recorded ones are signalled, and none whose worker lives. Answers how many it had to end.
 */
export async function endLeftoverProcesses(dataDir: string, graceMs = 5000): Promise<number> {
  const entries = await readProcessRecords(dataDir)
  const ended = await Promise.all(
    entries.map(async ({ file, record }) => {
      if (await isAlive(record.owner)) return false
      const wasAlive = await endGroup(record, graceMs)
      await rm(file, { force: true })
      return wasAlive
    }),
  )
  await removeLeftoverWorkspaces(dataDir)
  return ended.filter(Boolean).length
}

async function endGroup({ guardian, leader }: ProcessRecord, graceMs: number): Promise<boolean> {
  if (!(await isAlive(leader))) return false
  // A guardian that lives is at it already, and a second SIGINT would keep dbt from cancelling its queries.
  if (guardian === undefined || !(await isAlive(guardian))) signalGroup(leader.pid, 'SIGINT')
  const killAt = performance.now() + graceMs
  while (performance.now() < killAt) {
    if (!(await isAlive(leader))) return true
    await sleep(pollMs)
  }
  if (await isAlive(leader)) signalGroup(leader.pid, 'SIGKILL')
  return true
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // ESRCH: it ended meanwhile.
  }
}
