import { setTimeout as wait } from 'node:timers/promises'
import { forEachParallel } from './for-each-parallel.ts'

test('each item once, never more than so many at a time', async () => {
  const done: number[] = []
  let busy = 0
  let most = 0
  await forEachParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++busy)
    await wait(item % 2)
    busy--
    done.push(item)
  })
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(most).toBe(3)
})

test('a failure is told when nothing is under way any more', async () => {
  let busy = 0
  const all = forEachParallel([1, 2], 2, async (item) => {
    busy++
    await wait(item * 5)
    busy--
    if (item === 1) throw new Error('the first')
  })
  await expect(all).rejects.toThrow('the first')
  expect(busy).toBe(0)
})
