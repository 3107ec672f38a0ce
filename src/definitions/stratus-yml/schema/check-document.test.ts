import { checkDocument } from './check-document.ts'

test('of very many mistakes the first ones are told', () => {
  const jobs = [{ name: 'Build', execute_steps: Array.from({ length: 20_000 }, () => 'ls') }]
  const checked = checkDocument({ projects: [{ name: 'Shop', environments: [{ name: 'P', jobs }] }] })
  expect(checked).toMatchObject({ ok: false, problems: { length: 200 } })
})

test.each<[string, (index: number) => unknown]>([
  ['environments', (index) => ({ name: `E${index}` })],
  ['mistakes', () => 7],
  ['variables', () => ({ name: 'E', environment_variables: { DBT_A: 'a', DBT_B: 'b' } })],
])('a document of very many %s is refused before they are looked at', (_what, environment) => {
  const environments = Array.from({ length: 90_000 }, (_none, index) => environment(index))
  const checked = checkDocument({ projects: [{ name: 'Shop', environments }] })
  expect(checked).toMatchObject({ ok: false, problems: { length: 1 } })
  const [{ path, message } = { path: undefined, message: '' }] = checked.ok ? [] : checked.problems
  expect(path).toEqual([])
  expect(message).toMatch(
    /^got \d{5,6} values, expected at most 30000\. Apply it in parts: what a document does not name stays as it is$/,
  )
})

test('the values of a manifest are none of the document', () => {
  const nodes = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`model.shop.m${index}`, {}]))
  const simulation = { manifest: { nodes } }
  const checked = checkDocument({
    projects: [{ name: 'Shop', environments: [{ name: 'P', engine: 'simulated', simulation }] }],
  })
  expect(JSON.stringify(checked)).not.toContain('expected at most')
})
