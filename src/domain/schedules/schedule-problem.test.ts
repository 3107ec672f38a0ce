import { scheduleProblem } from './schedule-problem.ts'

test.each([
  [{ cron: '0 6 * * *' }, undefined],
  [{ date: { type: 'every_day' }, time: { type: 'every_hour' } }, undefined],
  // The objects decide, and nobody reads what stands beside them.
  [{ cron: '0 12 0 0 0', date: { type: 'every_day' }, time: { type: 'every_hour' } }, undefined],
  [null, []],
  [{}, []],
  [{ cron: ' ' }, []],
  [{ cron: '0 12 0 0 0' }, ['cron']],
  [{ cron: '0 6 * * *', date: { type: 'custom_cron', cron: '0 6 31 2 *' } }, ['date', 'cron']],
])('of %j the path at fault is %j', (schedule, path) => {
  expect(scheduleProblem(schedule)?.path).toEqual(path)
})

test('it says what is expected', () => {
  expect(scheduleProblem(null)?.expected).toBe('cron, or date and time, because triggers.schedule is true')
  expect(scheduleProblem({ cron: '* *' })?.expected).toMatch(/^a cron expression of five fields/)
})
