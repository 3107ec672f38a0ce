import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SetupError } from '../../domain/errors.ts'
import { createFileAtomically, writeFileAtomically } from '../../util/files/write-file-atomically.ts'

export interface FolderLock {
  release(): Promise<void>
}

/**
 * Holds `dir` for this process. PGlite has no lock of its own: two processes on one folder lose rows silently.
 *
 * The lock is a listening socket, so that it ends with its process however that dies: an abstract one on Linux
 * (free again within milliseconds of a SIGKILL), a socket file elsewhere. Its name stands in a file of the folder: every
 * user of the machine could take one that is guessed, and keep the owner out. They can see the name while it is held, so
 * the holder leaves another one. A file beside it says who holds it.
 */
export async function acquireFolderLock(
  dir: string,
  platform: NodeJS.Platform = process.platform,
): Promise<FolderLock> {
  const nameFile = path.join(dir, 'lock')
  const server = await hold(nameFile, platform)
  if (server === undefined) throw new SetupError(await whoHolds(dir))
  const holderFile = path.join(dir, 'holder.json')
  await writeFile(holderFile, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }), { mode: 0o600 })
  return {
    async release() {
      await rm(holderFile, { force: true })
      await writeFileAtomically(nameFile, newName(), 0o600)
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Undefined when somebody else has it. */
async function hold(nameFile: string, platform: NodeJS.Platform): Promise<net.Server | undefined> {
  for (;;) {
    await createFileAtomically(nameFile, newName(), 0o600) // one that is there stays
    const name = await readFile(nameFile, 'utf8')
    const address = platform === 'linux' ? `\0${name}` : path.join(tmpdir(), `${name}.sock`)
    const server = (await listen(address)) ?? (await retakeStaleSocket(address))
    // The holder before may have left another name meanwhile, which is held by whoever comes next.
    if (server === undefined || (await readFile(nameFile, 'utf8')) === name) return server
    await new Promise((resolve) => server.close(resolve))
  }
}

function newName(): string {
  return `stratus-${randomBytes(16).toString('hex')}`
}

function listen(address: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(address, () => {
      server.unref()
      resolve(server)
    })
  })
}

/** A socket file outlives a killed process; nobody answers on it then. */
async function retakeStaleSocket(address: string): Promise<net.Server | undefined> {
  if (address.startsWith('\0')) return undefined
  const alive = await new Promise<boolean>((resolve) => {
    const socket = net.connect(address, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
  if (alive) return undefined
  await rm(address, { force: true })
  return listen(address)
}

async function whoHolds(dir: string): Promise<string> {
  try {
    const holder: { pid?: number; since?: string } = JSON.parse(await readFile(path.join(dir, 'holder.json'), 'utf8'))
    return `The data folder ${dir} is in use by another Stratus (process ${holder.pid}, since ${holder.since}). Stop it, or choose another --data-dir.`
  } catch {
    return `The data folder ${dir} is in use by another Stratus. Stop it, or choose another --data-dir.`
  }
}
