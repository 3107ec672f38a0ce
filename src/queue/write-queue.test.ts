import { WriteQueue } from './write-queue.ts'

test('work is done in order, and after a failure no more', async () => {
  const [done, failures]: [number[], unknown[]] = [[], []]
  const queue = new WriteQueue((error) => failures.push(error), 0)
  void queue.add(async () => void done.push(1))
  void queue.add(() => Promise.reject(new Error('full')))
  void queue.add(async () => void done.push(3))
  expect(queue.length).toBe(3)
  await queue.drained()
  expect([done, failures, queue.length]).toEqual([[1], [new Error('full')], 0])
})

test('whoever waits for the end need not wait for the delay', async () => {
  const queue = new WriteQueue(() => {}, 60_000)
  let done = false
  void queue.add(async () => {
    done = true
  })
  await Promise.resolve()
  expect(done).toBe(false)
  await queue.drained()
  expect(done).toBe(true)
})
