import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { describeArtifactStore } from '../../../test/support/artifact-store-contract.ts'
import { DamagedContentError, StoreFullError, StoreUnavailableError } from '../../domain/store-errors.ts'
import { storeError } from './disk-errors.ts'
import { createDiskStore } from './disk-store.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'stratus-store-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

describe('the disk store', () => {
  describeArtifactStore(() => createDiskStore(root))

  test.each([
    ['a stream', () => () => Readable.from(['{"a": 1}\n'.repeat(1000)])],
    ['a text', () => '{"a": 1}\n'.repeat(1000)],
    ['a long text', () => '{"a": 1}\n'.repeat(10_000)],
  ])('keeps %s compressed, in a file that any program can unpack', async (_kind, content) => {
    const { size } = await createDiskStore(root).put('run/a', content())
    const file = path.join(root, 'run/a.gz')
    expect((await stat(file)).size).toBeLessThan(size / 10)
    expect(gunzipSync(await readFile(file))).toHaveLength(size)
  })

  test('a put that breaks half way leaves nothing on the disk', async () => {
    const store = createDiskStore(root)
    const broken = () => new Readable({ read: (_size) => {}, construct: (done) => done(new Error('the source broke')) })
    await expect(store.put('x/y', broken)).rejects.toThrow('the source broke')
    await expect(store.put('x/y', () => createReadStream(path.join(root, 'gone')))).rejects.toMatchObject({
      code: 'ENOENT',
    })
    expect(await readdir(path.join(root, 'x'))).toEqual([])
  })

  test.each([
    ['text', () => 'x'],
    ['a stream', () => () => Readable.from(['x'])],
  ])('what the disk does not do with %s is said in the words of a store', async (_kind, content) => {
    await writeFile(path.join(root, 'file'), '')
    const nowhere = createDiskStore(path.join(root, 'file'))
    await expect(nowhere.put('x/y', content())).rejects.toThrow(StoreUnavailableError)
    await expect(nowhere.check()).rejects.toThrow(StoreUnavailableError)
  })

  test('a full disk is a full store', () => {
    for (const code of ['ENOSPC', 'EDQUOT']) {
      const error = Object.assign(new Error(`${code}: write`), { code, syscall: 'write' })
      expect(storeError(error)).toBeInstanceOf(StoreFullError)
    }
  })

  test('a key cannot leave the store', async () => {
    const store = createDiskStore(root)
    await expect(store.get('../outside')).rejects.toThrow('leaves the store')
    await expect(store.put('a/../../outside', 'x')).rejects.toThrow('leaves the store')
  })

  test.each<[string, (file: string) => Promise<void>]>([
    ['a byte is another', async (file) => writeFile(file, changedAt(await readFile(file), 5_000))],
    ['it is cut', async (file) => writeFile(file, (await readFile(file)).subarray(0, -4_000))],
    ['it is empty', (file) => writeFile(file, '')],
    ['it is another content of the same length', async (file) => writeFile(file, await anotherContent(file))],
    ['its end is that of another one', async (file) => appendFile(file, await readFile(await another(file)))],
    ['it is no stored file at all', async (file) => writeFile(file, 'nothing of ours'.repeat(1000))],
  ])('a file that is damaged is not given: %s', async (_damage, damage) => {
    const store = createDiskStore(root)
    await store.put('a', randomBytes(200_000))
    await damage(path.join(root, 'a.gz'))
    let given = 0
    const read = async () => {
      const stored = await store.get('a')
      stored?.content.on('data', (chunk: Buffer) => {
        given += chunk.length
      })
      await (stored && finished(stored.content))
    }
    await expect(read()).rejects.toThrow(DamagedContentError)
    // Whoever counts the bytes must not take it for the whole.
    expect(given).toBeLessThan(200_000)
  })

  test('whoever stops reading half way leaves no file open', async () => {
    const store = createDiskStore(root)
    await store.put('a', Buffer.alloc(8 * 2 ** 20, 'a'))
    const before = await readdir('/proc/self/fd').catch(() => [])
    const stored = await store.get('a')
    await new Promise((resolve) => stored?.content.once('data', resolve))
    stored?.content.destroy()
    await new Promise((resolve) => stored?.content.once('close', resolve))
    expect(await readdir('/proc/self/fd').catch(() => [])).toHaveLength(before.length)
  })

  async function another(file: string): Promise<string> {
    await createDiskStore(root).put('another', Buffer.alloc(200_000, 'x'))
    return path.join(path.dirname(file), 'another.gz')
  }

  /** The blocks of another file under the trailer of this one. */
  async function anotherContent(file: string): Promise<Buffer> {
    const trailerBytes = 12 + 4 + 8 + 32 + 4 + 10 + 10
    const [ours, theirs] = [await readFile(file), await readFile(await another(file))]
    return Buffer.concat([theirs.subarray(0, -trailerBytes), ours.subarray(-trailerBytes)])
  }
})

function changedAt(bytes: Buffer, index: number): Buffer {
  bytes[index] = (bytes[index] ?? 0) ^ 0xff
  return bytes
}
