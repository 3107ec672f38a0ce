import { completionLoop } from './completion-loop.ts'

const circle = (length: number) => (id: number) => (id % length) + 1

test('a loop is told with its jobs, a long one shortened, and from a job that only leads to it not', () => {
  expect(completionLoop(1, circle(2))).toBe('1 waits for 2, which waits for 1')
  expect(completionLoop(1, circle(20_000))?.length).toBeLessThan(1_000)
  expect(completionLoop(9, (id) => (id === 9 ? 1 : circle(2)(id)))).toBeUndefined()
})

test('very many jobs are asked about at once: each is passed once, and each loop told once', () => {
  let passed = 0
  const awaitedBy = (id: number) => {
    passed += 1
    return id > 30_000 ? id - 1 : circle(30_000)(id)
  }
  const settled = new Set<number>()
  const asked = Array.from({ length: 40_000 }, (_, index) => 40_000 - index)
  const loops = asked.flatMap((id) => completionLoop(id, awaitedBy, settled) ?? [])
  expect(loops).toHaveLength(1)
  expect(passed).toBeLessThan(100_000)
})
