import { FolderLocks } from './folder-locks.ts'

const never = new AbortController().signal

/** Takes the folder and writes down when it was given. */
function take(locks: FolderLocks, order: string[], name: string, mode: 'shared' | 'alone', signal = never) {
  return locks.acquire('/p', mode, signal).then((release) => {
    order.push(name)
    return release
  })
}

test('several share a folder; who wants it alone waits for them, and those after wait for it', async () => {
  const locks = new FolderLocks()
  const order: string[] = []
  const first = await take(locks, order, 'first', 'shared')
  const second = await take(locks, order, 'second', 'shared')
  const alone = take(locks, order, 'alone', 'alone')
  const late = take(locks, order, 'late', 'shared')
  first.release()
  expect(order).toEqual(['first', 'second'])
  second.release()
  const hold = await alone
  expect(order).toEqual(['first', 'second', 'alone'])
  hold.release()
  hold.release() // a second time changes nothing
  await late
  expect(order).toEqual(['first', 'second', 'alone', 'late'])
})

test('folders are independent of each other', async () => {
  const locks = new FolderLocks()
  await locks.acquire('/p', 'alone', never)
  await expect(locks.acquire('/q', 'alone', never)).resolves.toMatchObject({ isAlone: true })
})

test('who is stopped while waiting is not waited for', async () => {
  const locks = new FolderLocks()
  const order: string[] = []
  const stop = new AbortController()
  await take(locks, order, 'first', 'shared')
  const waits: string[] = []
  const stopped = locks.acquire('/p', 'alone', stop.signal, () => waits.push('waits'))
  const next = take(locks, order, 'next', 'shared')
  stop.abort('cancel')
  await expect(stopped).rejects.toBe('cancel')
  await next
  expect([order, waits]).toEqual([['first', 'next'], ['waits']])
})

test('who had the folder alone shares it with those that wait to share it, and still keeps it from others', async () => {
  const locks = new FolderLocks()
  const order: string[] = []
  const first = await take(locks, order, 'first', 'alone')
  const second = take(locks, order, 'second', 'shared')
  const alone = take(locks, order, 'alone', 'alone')
  first.share()
  first.share() // a second time changes nothing
  expect(first.isAlone).toBe(false)
  const shared = await second
  shared.release()
  shared.share() // it is not held any more
  expect(order).toEqual(['first', 'second'])
  first.release()
  await alone
  expect(order).toEqual(['first', 'second', 'alone'])
})
