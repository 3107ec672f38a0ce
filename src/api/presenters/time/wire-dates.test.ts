import { instant, nullable, spacedInstant, zuluInstant } from './wire-dates.ts'

const date = new Date('2024-07-03T13:59:00.653Z')

test.each([
  [spacedInstant, '2024-07-03 13:59:00.653000+00:00'],
  [instant, '2024-07-03T13:59:00.653000+00:00'],
  [zuluInstant, '2024-07-03T13:59:00.653000Z'],
])('%p has six fraction digits', (format, expected) => {
  expect(format(date)).toBe(expected)
})

test('no date is null', () => {
  expect(nullable(instant, null)).toBeNull()
  expect(nullable(spacedInstant, date)).toBe('2024-07-03 13:59:00.653000+00:00')
})
