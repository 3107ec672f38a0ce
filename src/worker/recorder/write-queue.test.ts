import { WriteQueue } from './write-queue.ts'

test('work is done in order, and after a failure no more', async () => {
  const [done, failures]: [number[], unknown[]] = [[], []]
  const queue = new WriteQueue((error) => failures.push(error), 0)
  queue.add(async () => void done.push(1))
  queue.add(() => Promise.reject(new Error('full')))
  queue.add(async () => void done.push(3))
  await queue.drained()
  expect([done, failures]).toEqual([[1], [new Error('full')]])
})

test('whoever waits for the end need not wait for the delay', async () => {
  const queue = new WriteQueue(() => {}, 60_000)
  let done = false
  queue.add(async () => {
    done = true
  })
  await Promise.resolve()
  expect(done).toBe(false)
  await queue.drained()
  expect(done).toBe(true)
})

test('whoever waits for the end also waits for what the last piece adds', async () => {
  const queue = new WriteQueue(() => {}, 0)
  const done: number[] = []
  queue.add(async () => {
    done.push(1)
    queue.add(async () => void done.push(2))
  })
  await queue.drained()
  expect(done).toEqual([1, 2])
})
