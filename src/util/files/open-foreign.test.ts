import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readdirSync } from 'node:fs'
import {
  appendFile,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openForeign, readForeign } from './open-foreign.ts'

const { jest } = import.meta
const maxBytes = 1024
let folder: string
const at = (name: string) => path.join(folder, name)
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'stratus-foreign-')))
  await writeFile(at('file'), 'content')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const read = async (name: string, place: { below?: string; followsLinks?: boolean } = {}) =>
  (await readForeign(at(name), { maxBytes, ...place })).toString()

test('a regular file is read, also by a link where links may be', async () => {
  await symlink('file', at('link'))
  expect([await read('file'), await read('link', { followsLinks: true })]).toEqual(['content', 'content'])
  await expect(read('link')).rejects.toThrow('is a link')
  await expect(read('gone')).rejects.toThrow('ENOENT')
})

test('nothing is read of what is no regular file, nor waited for', async () => {
  execFileSync('mkfifo', [at('fifo')])
  const server = createServer().listen(at('socket'))
  await symlink('/dev/zero', at('zero'))
  await symlink('fifo', at('to-fifo'))
  await mkdir(at('folder'))
  for (const name of ['fifo', 'socket', 'zero', 'to-fifo'])
    await expect(read(name, { followsLinks: true })).rejects.toThrow('is no regular file')
  await expect(read('folder')).rejects.toMatchObject({ code: 'EISDIR' })
  server.close()
})

test('a file of any size costs nothing when so much is not wanted', async () => {
  await truncate(at('file'), 20 * 1024 ** 3)
  await expect(read('file')).rejects.toThrow('has more than 1024 bytes')
})

test('a file has to lie where it seems to lie', async () => {
  await mkdir(at('inside'))
  await writeFile(at('inside/own'), 'own')
  await symlink('..', at('inside/up'))
  await symlink('../file', at('inside/out'))
  await symlink('own', at('inside/in'))
  const place = { below: at('inside') }
  expect([await read('inside/own', place), await read('inside/in', { ...place, followsLinks: true })]).toEqual([
    'own',
    'own',
  ])
  const elsewhere = 'lies in another folder, to which a link leads'
  await expect(read('inside/up/file', place)).rejects.toThrow(elsewhere)
  await expect(read('inside/out', { ...place, followsLinks: true })).rejects.toThrow(elsewhere)
})

test('what is put into the place of an open file, or behind its end, is not read', async () => {
  await writeFile(at('secret'), 'secret!')
  const text = await openForeign(at('file'), { below: folder }, async ({ read, size }) => {
    await appendFile(at('file'), ' and more')
    await rename(at('file'), at('away'))
    await symlink('secret', at('file'))
    return [size, (await read(0, 100)).toString(), (await read(size, 100)).toString()]
  })
  expect(text).toEqual([7, 'content', ''])
})

describe('a disk that does not answer', () => {
  /** Node asks disks by so many threads, each of which waits here for somebody who writes into a FIFO. */
  const threads = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
  const descriptors = () => readdirSync('/proc/self/fd').length
  let fifos: string[]
  let waiting: Promise<FileHandle>[]
  beforeEach(() => {
    fifos = Array.from({ length: threads }, (_, index) => at(`fifo-${index}`))
    execFileSync('mkfifo', fifos)
    waiting = []
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] })
  })
  afterEach(async () => {
    jest.useRealTimers()
    await answer()
  })
  const stall = () => {
    waiting = fifos.map((fifo) => open(fifo))
  }
  const answer = async () => {
    const stalled = waiting.splice(0)
    if (stalled.length === 0) return
    for (const fifo of fifos) closeSync(openSync(fifo, constants.O_WRONLY))
    for (const handle of await Promise.all(stalled)) await handle.close()
  }

  test.each([
    ['opened', () => stall()],
    ['read', () => {}],
  ])('is given up after 20 seconds when a file is %s', async (when, before) => {
    const found = descriptors()
    before()
    const told: string[] = []
    const reading = openForeign(at('file'), {}, async ({ read: readPart }) => {
      if (when === 'read') stall()
      return readPart(0, 100)
    }).then(
      (content) => told.push(content.toString()),
      (error: Error) => told.push(error.message),
    )
    while (waiting.length === 0) await new Promise(setImmediate)
    await jest.advanceTimersByTimeAsync(19_999)
    expect(told).toEqual([])
    await jest.advanceTimersByTimeAsync(1)
    expect(told).toEqual(['could not be read within 20 seconds'])
    await answer()
    await reading
    while (descriptors() > found) await new Promise(setImmediate)
  })
})
