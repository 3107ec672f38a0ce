import { reasonIn } from './check-profile.ts'

test('the reason of a failed dbt debug is what stands below its count', () => {
  const output =
    '10:00:00  Running with dbt=1.11.16\n10:00:00  profiles.yml file [ERROR invalid]\n' +
    '10:00:00  1 check failed:\n10:00:00  Profile loading failed for the following reason:\nRuntime Error\n' +
    "  Could not find profile named 'coffee'\n\n"
  expect(reasonIn(output)).toBe(
    "Profile loading failed for the following reason:\nRuntime Error\n  Could not find profile named 'coffee'",
  )
})

test('of other output it is the end, and of none a sentence', () => {
  expect(reasonIn('a\nb\nc\nd\n')).toBe('b\nc\nd')
  expect(reasonIn('')).toBe('dbt debug failed without a word')
})
