import { ageOfDbt } from './command-place.ts'

test.each([
  ['unknown', []],
  ['unknown', [null, undefined, 'latest', 'versionless', 'compatible', '']],
  ['as known', ['1.11.6']],
  ['as known', ['latest', '1.9.0-latest', '1.5.latest', '0.21.1']],
  ['newer', ['1.12.0b1']],
  ['newer', ['2.0.0-beta.2']],
  ['newer', ['latest-fusion']],
  ['newer', ['1.11.6', '1.12.0']],
] as const)('a dbt is %s by %j', (age, versions) => {
  expect(ageOfDbt(versions)).toBe(age)
})
