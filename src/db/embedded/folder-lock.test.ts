import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { acquireFolderLock } from './folder-lock.ts'

/** `other` forces the portable socket file that macOS uses. */
describe.each([process.platform, 'freebsd' as const])('the lock of a data folder, as on %s', (platform) => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'stratus-lock-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  test('is held by one, who is named to the next, and can be taken again after its release', async () => {
    const lock = await acquireFolderLock(dir, platform)
    await expect(acquireFolderLock(dir, platform)).rejects.toThrow(
      new RegExp(`${dir} is in use by another Stratus \\(process ${process.pid}, since `),
    )
    await lock.release()
    await (await acquireFolderLock(dir, platform)).release()
  })

  test('cannot be taken by somebody who knows the folder, and not what is in it', async () => {
    const guessed = `stratus-${createHash('sha256').update(dir).digest('hex').slice(0, 32)}`
    const address = platform === 'linux' ? `\0${guessed}` : path.join(tmpdir(), `${guessed}.sock`)
    const stranger = net.createServer().listen(address)
    await once(stranger, 'listening')
    try {
      const lock = await acquireFolderLock(dir, platform)
      expect((await stat(path.join(dir, 'lock'))).mode & 0o777).toBe(0o600)
      const seen = await readFile(path.join(dir, 'lock'), 'utf8')
      await lock.release()
      expect(await readFile(path.join(dir, 'lock'), 'utf8')).not.toBe(seen)
    } finally {
      stranger.close()
    }
  })

  test('is held by one of many who want it at once, again and again', async () => {
    let holders = 0
    let taken = 0
    const want = async () => {
      while (taken < 20) {
        const lock = await acquireFolderLock(dir, platform).catch(() => undefined) // another has it
        if (lock === undefined) continue
        expect(++holders).toBe(1)
        taken += 1
        await readFile(path.join(dir, 'lock'))
        holders -= 1
        await lock.release()
      }
    }
    await Promise.all([want(), want(), want()])
  })

  test('ends with a process that is killed', async () => {
    const script = `
      import { acquireFolderLock } from ${JSON.stringify(path.join(import.meta.dirname, 'folder-lock.ts'))}
      await acquireFolderLock(${JSON.stringify(dir)}, ${JSON.stringify(platform)})
      console.log('held')
      setInterval(() => {}, 1000)
    `
    const build = await import('esbuild')
    const bundled = await build.build({
      stdin: { contents: script, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    })
    const child = spawn(process.execPath, ['--input-type=module', '-e', bundled.outputFiles[0]?.text ?? ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await expect(acquireFolderLock(dir, platform)).rejects.toThrow(`process ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await acquireFolderLock(dir, platform)).release()
  })
})
