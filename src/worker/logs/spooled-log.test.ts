import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text as read } from 'node:stream/consumers'
import { StoreUnavailableError } from '../../domain/store-errors.ts'
import { LogSpool } from './log-spool.ts'
import { SpooledLog } from './spooled-log.ts'

let folder: string
let spool: LogSpool
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-spool-'))
  spool = new LogSpool({ folder: path.join(folder, 'spool'), maxBytes: 2 ** 20 })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function wholeOf(log: SpooledLog): Promise<string> {
  const whole = await log.whole()
  return typeof whole === 'function' ? read(whole()) : whole.toString()
}

async function piecesOf(log: SpooledLog, maxBytes: number): Promise<string[]> {
  const pieces: string[] = []
  while (log.hasMore) pieces.push(await log.next(maxBytes))
  return pieces
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `line ${from + at}: äöü 𝒳\n`).join('')

test('a short log needs no file, is read piece by piece and as a whole', async () => {
  const log = new SpooledLog(spool)
  await log.append('one\n')
  expect(await piecesOf(log, 100)).toEqual(['one\n'])
  await log.append('two\n')
  expect([await log.next(100), log.hasMore, await wholeOf(log)]).toEqual(['two\n', false, 'one\ntwo\n'])
  await expect(readdir(path.join(folder, 'spool'))).rejects.toThrow('ENOENT')
})

test('a long one is in a file without a name; its pieces never cut a character in two', async () => {
  const log = new SpooledLog(spool)
  const seen: string[] = []
  for (let at = 0; at < 10_000; at += 500) {
    const appended = log.append(lines(at, at + 500))
    seen.push(await log.next(1001))
    await appended
  }
  seen.push(...(await piecesOf(log, 1001)))
  expect(seen.join('')).toBe(lines(0, 10_000))
  expect(await wholeOf(log)).toBe(lines(0, 10_000))
  expect(await readdir(path.join(folder, 'spool'))).toEqual([])
  await log.close()
})

test('beyond the room for all logs it is cut, and says so once; a closed log gives its room back', async () => {
  const [first, second] = [new SpooledLog(spool), new SpooledLog(spool)]
  const large = `${'x'.repeat(99_999)}\n`
  for (let count = 0; count < 12; count++) await first.append(large)
  const kept = await wholeOf(first)
  expect(kept).toBe(
    `${large.repeat(10)}The log is cut here: all logs that wait on this worker's disk may take 1 MB (STRATUS_LOG_SPOOL_MB).\n`,
  )
  await second.append('short ones have room\n')
  await second.append(large)
  expect(await wholeOf(second)).toMatch(/^short ones have room\nThe log is cut here: .*\n$/)

  await first.close()
  const third = new SpooledLog(spool)
  await third.append(large)
  expect(await wholeOf(third)).toBe(large)
  await third.close()
})

test('a disk that does not take it is a store that does not', async () => {
  await writeFile(path.join(folder, 'file'), '')
  const log = new SpooledLog(new LogSpool({ folder: path.join(folder, 'file'), maxBytes: 2 ** 20 }))
  await expect(log.append('x'.repeat(100_000))).rejects.toThrow(StoreUnavailableError)
})

test('what a database cannot keep is replaced', async () => {
  const log = new SpooledLog(spool)
  await log.append('a\0b\n')
  expect(await wholeOf(log)).toBe('a\uFFFDb\n')
})
