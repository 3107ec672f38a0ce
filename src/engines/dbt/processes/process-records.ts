import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import * as z from 'zod'
import { readForeign } from '../../../util/files/open-foreign.ts'
import { identifyProcess, type ProcessIdentity } from './process-identity.ts'

const identity = z.object({ pid: z.number().int().positive(), startedAt: z.string() })
const record = z.object({
  host: z.string(),
  /** The owner is the worker. */
  owner: identity,
  /** It is absent if it had ended before it could be identified. */
  guardian: identity.optional(),
  /** The program leads the process group of this id. */
  leader: identity,
})
export type ProcessRecord = z.infer<typeof record>

/** Says on disk which process group is alive, for a worker that starts after this one died. Answers how to take it back. */
export async function recordProcess(
  dataDir: string,
  owner: ProcessIdentity,
  guardianPid: number | undefined,
  group: number,
): Promise<() => Promise<void>> {
  const [guardian, leader] = await Promise.all([
    guardianPid === undefined ? undefined : identifyProcess(guardianPid),
    identifyProcess(group),
  ])
  if (leader === undefined) return async () => {} // it is gone already
  const folder = path.join(dataDir, 'processes')
  const file = path.join(folder, `${randomUUID()}.json`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const content: ProcessRecord = { host: hostname(), owner, leader, ...(guardian && { guardian }) }
  await writeFile(file, JSON.stringify(content), { mode: 0o600 })
  return () => rm(file, { force: true })
}

/** Reads the records of this host, with their files. */
export async function readProcessRecords(dataDir: string): Promise<{ file: string; record: ProcessRecord }[]> {
  const folder = path.join(dataDir, 'processes')
  const names = await readdir(folder).catch(() => []) // no folder: nothing was ever started
  const found = await Promise.all(names.map((name) => readRecord(path.join(folder, name))))
  return found
    .filter((entry) => entry !== undefined && entry.record.host === hostname())
    .filter((entry) => entry !== undefined)
}

async function readRecord(file: string): Promise<{ file: string; record: ProcessRecord } | undefined> {
  try {
    const text = await readForeign(file, { maxBytes: 4096 })
    return { file, record: record.parse(JSON.parse(text.toString())) }
  } catch {
    return undefined // half written when its worker died, or removed meanwhile
  }
}
