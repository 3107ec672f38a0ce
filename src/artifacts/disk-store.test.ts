import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { StoreFullError, StoreUnavailableError, UnstorableNameError } from '../domain/store-errors.ts'
import { storeError } from './disk-errors.ts'
import { createDiskStore } from './disk-store.ts'

describe('the disk store', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'stratus-store-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  test('gives back what was put, and the uncompressed size', async () => {
    const store = createDiskStore(root)
    expect(await store.put('runs/1/1/manifest.json', Readable.from(['{"a":', '1}']))).toBe(7)
    const content = await store.get('runs/1/1/manifest.json')
    expect(content && (await text(content))).toBe('{"a":1}')
  })

  test.each([
    ['a stream', () => Readable.from(['{"a": 1}\n'.repeat(1000)])],
    ['a text', () => '{"a": 1}\n'.repeat(1000)],
    ['a long text', () => '{"a": 1}\n'.repeat(10_000)],
  ])('keeps %s compressed', async (_kind, content) => {
    const size = await createDiskStore(root).put('run/a', content())
    const { size: stored } = await stat(path.join(root, 'run/a.gz'))
    expect(stored).toBeLessThan(size / 10)
  })

  test('answers undefined for what is not there, for a folder, and below a file', async () => {
    const store = createDiskStore(root)
    await store.put('runs/1/file', Readable.from(['x']))
    expect(await store.get('runs/2')).toBeUndefined()
    expect(await store.get('runs/1')).toBeUndefined()
    expect(await store.get('runs/1/file/below')).toBeUndefined()
  })

  test('a file and a folder of the same name live side by side', async () => {
    const store = createDiskStore(root)
    await store.put('run/a', Readable.from(['file']))
    await store.put('run/a/b', Readable.from(['below']))
    const [file, below] = await Promise.all([store.get('run/a'), store.get('run/a/b')])
    expect(file && (await text(file))).toBe('file')
    expect(below && (await text(below))).toBe('below')
  })

  test.each([
    ['the file first', ['a', 'a.gz/b', 'a.gz~/b', 'a.gz', 'a.gz~~/b', 'a.gz.gz/c.gz']],
    ['the folder first', ['a.gz.gz/c.gz', 'a.gz~~/b', 'a.gz', 'a.gz~/b', 'a.gz/b', 'a']],
  ])('names that end as stored files do are no other names, %s', async (_order, keys) => {
    const store = createDiskStore(root)
    for (const key of keys) await store.put(`run/${key}`, `content of ${key}`)
    for (const key of keys) {
      const content = await store.get(`run/${key}`)
      expect(content && (await text(content))).toBe(`content of ${key}`)
    }
  })

  test('a put that breaks half way leaves nothing behind', async () => {
    const store = createDiskStore(root)
    const broken = Readable.from(
      (async function* () {
        yield 'half'
        throw new Error('the source broke')
      })(),
    )
    await expect(store.put('x/y', broken)).rejects.toThrow('the source broke')
    expect(await readdir(path.join(root, 'x'))).toEqual([])
  })

  test('a file that is gone before it is read is refused, and nothing else happens', async () => {
    const store = createDiskStore(root)
    await expect(store.put('x/y', createReadStream(path.join(root, 'gone')))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readdir(path.join(root, 'x'))).toEqual([])
  })

  test.each([
    ['text', () => 'x'],
    ['a stream', () => Readable.from(['x'])],
  ])('what the disk does not do with %s is said in the words of a store', async (_kind, content) => {
    const store = createDiskStore(root)
    const tooLong = 'n'.repeat(300)
    await expect(store.put(`x/${tooLong}`, content())).rejects.toThrow(UnstorableNameError)
    await expect(store.get(`x/${tooLong}`)).rejects.toThrow(UnstorableNameError)
    await writeFile(path.join(root, 'file'), '')
    const nowhere = createDiskStore(path.join(root, 'file'))
    await expect(nowhere.put('x/y', content())).rejects.toThrow(StoreUnavailableError)
  })

  test('a full disk is a full store', () => {
    for (const code of ['ENOSPC', 'EDQUOT']) {
      const error = Object.assign(new Error(`${code}: write`), { code, syscall: 'write' })
      expect(storeError(error)).toBeInstanceOf(StoreFullError)
    }
  })

  test('a text is stored as a stream is, and its size is in bytes', async () => {
    const store = createDiskStore(root)
    expect(await store.put('text', '{"é":1}')).toBe(8)
    expect(await text((await store.get('text')) ?? Readable.from([]))).toBe('{"é":1}')
    await expect(store.put('text/../../outside', 'x')).rejects.toThrow('leaves the store')
  })

  test('a key cannot leave the store', async () => {
    const store = createDiskStore(root)
    await expect(store.get('../outside')).rejects.toThrow('leaves the store')
    await expect(store.put('a/../../outside', Readable.from(['x']))).rejects.toThrow('leaves the store')
  })
})
