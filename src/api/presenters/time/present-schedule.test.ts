import type { JobSchedule } from '../../../domain/job.ts'
import { presentSchedule } from './present-schedule.ts'

const everyHour = { type: 'every_hour', interval: 1 }

test.each<[JobSchedule | null, string | null, object]>([
  [null, null, { cron: '0 * * * *', date: { type: 'every_day' }, time: everyHour }],
  [
    { cron: '5 4 * * *' },
    '5 4 * * *',
    { cron: '5 4 * * *', date: { type: 'custom_cron', cron: '5 4 * * *' }, time: everyHour },
  ],
  [
    { cron: '', date: { type: 'every_day' }, time: { type: 'every_hour', interval: 3 } },
    '0 */3 * * *',
    { cron: '0 */3 * * *', date: { type: 'every_day' }, time: { type: 'every_hour', interval: 3 } },
  ],
  [
    { date: { type: 'days_of_week', days: [1] }, time: { type: 'at_exact_hours', hours: [6, 18] } },
    null,
    {
      cron: '0 6,18 * * 1',
      date: { type: 'days_of_week', days: [1] },
      time: { type: 'at_exact_hours', hours: [6, 18] },
    },
  ],
  [
    { date: { type: 'interval_cron', cron: '0 */2 * * *' } },
    null,
    { cron: '0 */2 * * *', date: { type: 'interval_cron', cron: '0 */2 * * *' }, time: everyHour },
  ],
])('%j has every key of the wire', (schedule, schedule_cron, expected) => {
  expect(presentSchedule({ schedule, schedule_cron })).toEqual(expected)
})
