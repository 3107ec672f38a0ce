import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import type { ArtifactStore, ByteRange } from '../../src/artifacts/artifact-store.ts'
import { UnstorableFileError } from '../../src/domain/store-errors.ts'

const mebibyte = 2 ** 20

/** The text of a stored file, or of a part of it; undefined when there is none. */
export async function textOf(store: ArtifactStore, key: string, range?: ByteRange): Promise<string | undefined> {
  const stored = await store.get(key, range)
  return stored && text(stored.content)
}

export async function keysOf(listing: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  return (await allOf(listing)).map(({ key }) => key)
}

async function allOf<T>(listing: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of listing) items.push(item)
  return items
}

/** Tests everything that the port of stores promises, whatever a store is made of. Each test has a store with nothing in it. */
export function describeArtifactStore(store: () => ArtifactStore): void {
  const put = (key: string, content: string) => store().put(key, content)

  test('gives back what was put, with its size and its hash', async () => {
    const storedAs = await store().put('runs/1/1/manifest.json', () => Readable.from(['{"é":', '1}']))
    expect(storedAs).toEqual({ size: 8, sha256: createHash('sha256').update('{"é":1}').digest('hex') })
    const stored = await store().get('runs/1/1/manifest.json')
    expect(stored).toMatchObject({ size: 8, start: 0 })
    expect(stored && (await text(stored.content))).toBe('{"é":1}')
  })

  test.each([
    ['a text', 'é'.repeat(1000)],
    ['an empty text', ''],
    ['bytes', randomBytes(100_000)],
    ['several blocks', randomBytes(2.5 * mebibyte)],
    ['exactly one block', randomBytes(mebibyte)],
  ])('stores %s the same whether it is read or in memory', async (_kind, content) => {
    const bytes = Buffer.from(content)
    const chunks = () => Readable.from([bytes.subarray(0, 5), bytes.subarray(5)])
    expect(await store().put('streamed', chunks)).toEqual(await store().put('whole', content))
    for (const key of ['streamed', 'whole']) {
      const stored = await store().get(key)
      expect(stored && (await buffer(stored.content)).equals(bytes)).toBe(true)
    }
  })

  test.each<[ByteRange]>([
    [{ start: 0, end: 10 }],
    [{ start: 5 }],
    [{ start: mebibyte - 3, end: mebibyte + 3 }],
    [{ start: mebibyte, end: 2 * mebibyte }],
    [{ start: 2.2 * mebibyte }],
    [{ start: -7 }],
    [{ start: -7, end: -2 }],
    [{ start: 3 * mebibyte }],
    [{ start: 10, end: 5 }],
    [{ start: -100 * mebibyte }],
  ])('gives the part %o of a file, as an array does', async (range) => {
    const bytes = randomBytes(2.5 * mebibyte)
    await store().put('a', bytes)
    const part = bytes.subarray(Math.trunc(range.start), range.end === undefined ? undefined : Math.trunc(range.end))
    const stored = await store().get('a', { ...range, start: Math.trunc(range.start) })
    expect(stored?.size).toBe(bytes.length)
    expect(stored && (await buffer(stored.content)).equals(part)).toBe(true)
    if (part.length > 0 && stored) expect(bytes.indexOf(part)).toBe(stored.start)
  })

  test('answers undefined for what is not there, for a folder, and below a file', async () => {
    await put('runs/1/file', 'x')
    expect(await store().get('runs/2')).toBeUndefined()
    expect(await store().get('runs/1')).toBeUndefined()
    expect(await store().get('runs/1/file/below')).toBeUndefined()
  })

  test.each([
    ['the file first', ['a', 'a/b', 'a.gz/b', 'a.gz~/b', 'a.gz', 'a.gz~~/b', 'a.gz.gz/c.gz']],
    ['the folder first', ['a.gz.gz/c.gz', 'a.gz~~/b', 'a.gz', 'a.gz~/b', 'a.gz/b', 'a/b', 'a']],
  ])('names that others begin with, or end as stored files do, are no other names, %s', async (_order, keys) => {
    for (const key of keys) await put(`run/${key}`, `content of ${key}`)
    for (const key of keys) expect(await textOf(store(), `run/${key}`)).toBe(`content of ${key}`)
    expect(await keysOf(store().list('run/'))).toEqual(keys.map((key) => `run/${key}`).sort())
    await store().deleteAll('run/a.gz/')
    expect(await store().get('run/a.gz/b')).toBeUndefined()
    expect(await store().get('run/a')).toBeDefined()
  })

  test('keeps what people call their files', async () => {
    const keys = ['a b', 'a+b', 'a%20b', 'größer', '数据', '&<>"\'', '#?', '..a', 'a:b', '~', '(*)!']
    for (const name of keys) await put(`run/${name}/${name}.sql`, name)
    for (const name of keys) expect(await textOf(store(), `run/${name}/${name}.sql`)).toBe(name)
    expect((await keysOf(store().list('run/'))).sort()).toEqual(keys.map((name) => `run/${name}/${name}.sql`).sort())
    await store().delete(keys.map((name) => `run/${name}/${name}.sql`))
    expect(await keysOf(store().list('run/'))).toEqual([])
  })

  test('a name that is too long is refused as such', async () => {
    const longest = Array.from({ length: 30 }, () => 'n'.repeat(300)).join('/')
    await expect(put(`x/${longest}`, 'x')).rejects.toThrow(UnstorableFileError)
  })

  test('a put that breaks half way is as if it had never been', async () => {
    await put('x/y', 'before')
    const half = () =>
      Readable.from(
        (async function* () {
          yield randomBytes(3 * mebibyte)
          throw new Error('the source broke')
        })(),
      )
    await expect(store().put('x/y', half)).rejects.toThrow('the source broke')
    await expect(store().put('x/z', half)).rejects.toThrow('the source broke')
    expect(await keysOf(store().list(''))).toEqual(['x/y'])
    expect(await textOf(store(), 'x/y')).toBe('before')
  })

  test('a put that is given up stores nothing', async () => {
    const given = new AbortController()
    const endless = () =>
      Readable.from(
        (async function* () {
          for (;;) {
            yield Buffer.alloc(mebibyte)
            given.abort()
          }
        })(),
      )
    await expect(store().put('x/y', endless, given.signal)).rejects.toThrow()
    expect(await keysOf(store().list(''))).toEqual([])
  })

  test('what is put again takes the place of what was there, and who reads meanwhile has the one or the other', async () => {
    const [one, other] = ['1', '2'].map((digit) => digit.repeat(3 * mebibyte))
    await put('a', one ?? '')
    const reading = await store().get('a')
    await put('a', other ?? '')
    const read = reading ? await text(reading.content).catch(() => 'refused') : ''
    expect([one, 'refused'].includes(read)).toBe(true)
    expect((await textOf(store(), 'a')) === other).toBe(true)
  })

  test('lists what lies below a prefix, in an order that stays, and goes on behind what it is told', async () => {
    const keys = ['runs/1/1/a', 'runs/1/1/b/c', 'runs/1/1/b-d', 'runs/1/2/a', 'runs/12/1/a', 'logs/1/1/console.log']
    for (const key of keys) await put(key, `content of ${key}`)
    const ofRuns = await keysOf(store().list('runs/'))
    expect([...ofRuns].sort()).toEqual(keys.filter((key) => key.startsWith('runs/')).sort())
    for (const [index, key] of ofRuns.entries())
      expect(await keysOf(store().list('runs/', key))).toEqual(ofRuns.slice(index + 1))
    expect((await keysOf(store().list('runs/1/'))).every((key) => key.startsWith('runs/1/'))).toBe(true)
    expect(await keysOf(store().list('nothing/'))).toEqual([])
    expect(await keysOf(store().list(''))).toHaveLength(keys.length)
    for await (const { storedBytes, storedAt } of store().list('logs/')) {
      expect(storedBytes).toBeGreaterThan(20)
      expect(Math.abs(Date.now() - storedAt.getTime())).toBeLessThan(60_000)
    }
  })

  test('lists the folders of a folder, and goes on behind one of them', async () => {
    for (const run of [7, 12, 1, 3]) await put(`runs/${run}/1/a`, 'x')
    await put('runs/a-file', 'x')
    const folders = await allOf(store().listFolders('runs/'))
    expect([...folders].sort()).toEqual(['runs/1/', 'runs/12/', 'runs/3/', 'runs/7/'])
    expect(await allOf(store().listFolders('runs/', folders[1]))).toEqual(folders.slice(2))
  })

  test('deletes what it is told, many at once, and what is gone already is no fault', async () => {
    for (const key of ['runs/1/a', 'runs/1/b', 'runs/2/c']) await put(key, 'x')
    const never = Array.from({ length: 1_100 }, (_none, index) => `runs/1/never-${index}`)
    await store().delete(['runs/1/a', ...never, 'runs/2/c'])
    expect(await keysOf(store().list(''))).toEqual(['runs/1/b'])
    await store().delete([])
  })

  test('deleteAll removes everything below a prefix and nothing beside it', async () => {
    await put('runs/1/a/b', 'a')
    await put('runs/1/c', 'c')
    await put('runs/12/a', 'b')
    await store().deleteAll('runs/1/')
    expect(await keysOf(store().list(''))).toEqual(['runs/12/a'])
    await store().deleteAll('runs/1/')
  })

  test('says that it answers', async () => {
    await store().check()
    expect(store().name).not.toBe('')
  })
}
