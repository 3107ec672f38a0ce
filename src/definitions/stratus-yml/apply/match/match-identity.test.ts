import { matchIdentity, siblingsOf } from './match-identity.ts'

const none = new Set<number>()

function candidates(names: readonly string[], inputs: readonly { readonly name: string }[]) {
  const rows = names.map((name, index) => ({ id: index + 1, name, state: 1 }))
  return { kind: 'job', byId: new Map(), foreign: none, siblings: siblingsOf(rows, inputs, none) }
}

test('a name means the row that has it, and no other input of the document is meant by a note', () => {
  const inputs = [{ name: 'Build' }, { name: 'Dosc' }]
  const all = candidates(['Build', 'Docs'], inputs)
  expect(matchIdentity({ name: 'Build' }, all)).toEqual({ found: 'existing', row: { id: 1, name: 'Build', state: 1 } })
  expect(matchIdentity({ name: 'Dosc' }, all)).toMatchObject({ note: expect.stringContaining('"Docs" renamed') })
})

test('tens of thousands of new names are not compared with as many rows letter by letter', () => {
  const inputs = Array.from({ length: 20_000 }, (_, index) => ({ name: `New ${index}` }))
  const all = candidates(
    inputs.map(({ name }) => name.replace('New', 'Old')),
    inputs,
  )
  expect(all.siblings.compared).toEqual([])
  for (const input of inputs) expect(matchIdentity(input, all).found).toBe('new')
})
