import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import * as z from 'zod'
import { errorCode } from '../util/error-code.ts'
import { writeFileAtomically } from '../util/files/write-file-atomically.ts'
import { isAlive, type ReadyFile, readReadyFile } from './ready-file.ts'

const note = z.object({
  pid: z.number(),
  data_dir: z.string(),
  /** The folder that `dev` was started for. */
  project_dir: z.string().nullable(),
})
type Note = z.infer<typeof note>

export interface RunningServer {
  readonly ready: ReadyFile
  readonly dataDir: string
  readonly projectDir: string | null
}

/** Notes that this process serves from `dataDir`, so that commands in other folders find it. */
export async function noteServer(dir: string, { dataDir, projectDir }: Omit<RunningServer, 'ready'>): Promise<void> {
  const content: Note = { pid: process.pid, data_dir: dataDir, project_dir: projectDir }
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await writeFileAtomically(fileOf(dir, dataDir), `${JSON.stringify(content)}\n`, 0o600)
}

/** Removes our own note; another server may have written there meanwhile. */
export async function forgetServer(dir: string, dataDir: string): Promise<void> {
  const file = fileOf(dir, dataDir)
  if ((await readNote(file))?.pid === process.pid) await rm(file, { force: true })
}

/** The servers of this user that answer; notes of dead ones are removed on the way. */
export async function runningServers(dir: string): Promise<RunningServer[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  })
  const files = names.filter((name) => name.endsWith('.json')).sort()
  const found = await Promise.all(files.map((name) => readServer(path.join(dir, name))))
  return found.filter((server) => server !== undefined)
}

async function readServer(file: string): Promise<RunningServer | undefined> {
  const found = await readNote(file)
  if (found === undefined || !isAlive(found.pid)) {
    await rm(file, { force: true })
    return undefined
  }
  const ready = await readReadyFile(path.join(found.data_dir, 'ready.json'))
  // The process id may be another program's by now.
  if (ready === undefined || ready.pid !== found.pid || !(await answers(ready.url))) return undefined
  return { ready, dataDir: found.data_dir, projectDir: found.project_dir }
}

async function readNote(file: string): Promise<Note | undefined> {
  try {
    return note.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined // gone meanwhile, or nobody's
  }
}

const patienceMs = 1_000

function answers(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url)
  return new Promise((resolve) => {
    const socket = net.connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'http:' ? 80 : 443),
      timeout: patienceMs,
    })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

function fileOf(dir: string, dataDir: string): string {
  return path.join(dir, `${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}.json`)
}
