import type { JobSchedule } from '../job.ts'
import { cronOfSchedule } from './cron-of-schedule.ts'

const cases: [string, JobSchedule, string | undefined][] = [
  ['only a cron', { cron: '0 6 * * *' }, '0 6 * * *'],
  ['every hour of every day', { date: { type: 'every_day' }, time: { type: 'every_hour' } }, '0 * * * *'],
  ['an interval', { date: { type: 'every_day' }, time: { type: 'every_hour', interval: 4 } }, '0 */4 * * *'],
  [
    'exact hours on weekdays, whatever their order',
    { date: { type: 'days_of_week', days: [5, 1, 5] }, time: { type: 'at_exact_hours', hours: [17, 9] } },
    '0 9,17 * * 1,5',
  ],
  [
    'date and time objects beside an empty cron',
    { cron: '', date: { type: 'every_day' }, time: { type: 'every_hour' } },
    '0 * * * *',
  ],
  [
    'objects that contradict the cron',
    { cron: '5 5 * * *', date: { type: 'every_day' }, time: { type: 'at_exact_hours', hours: [0] } },
    '0 0 * * *',
  ],
  ['a custom cron in the date', { cron: '1 1 * * *', date: { type: 'custom_cron', cron: '0 7 L * 5' } }, '0 7 L * 5'],
  [
    'a custom cron beside a time',
    { cron: '0 6 * * *', date: { type: 'custom_cron' }, time: { type: 'every_hour', interval: 1 } },
    '0 6 * * *',
  ],
  ['an empty object', {}, undefined],
  ['a custom cron without one', { date: { type: 'custom_cron' } }, undefined],
]

test.each(cases)('%s', (_title, schedule, expected) => {
  expect(cronOfSchedule(schedule)).toBe(expected)
})
