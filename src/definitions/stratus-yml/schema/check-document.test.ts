import { checkDocument } from './check-document.ts'

test('of very many mistakes the first ones are told', () => {
  const jobs = [{ name: 'Build', execute_steps: Array.from({ length: 200_000 }, () => 'ls') }]
  const checked = checkDocument({ projects: [{ name: 'Shop', environments: [{ name: 'P', jobs }] }] })
  expect(checked).toMatchObject({ ok: false, problems: { length: 200 } })
})
