import { meantBy, shortestName } from './named-things.ts'

const jobs = [
  { id: 1, names: ['Shop', 'Production', 'Build'] },
  { id: 2, names: ['Shop', 'Staging', 'Build'] },
  { id: 3, names: ['Shop', 'Production', 'Docs'] },
  { id: 4, names: ['Till', 'Production', 'Build'] },
  { id: 5, names: ['Till', 'Production', 'a/b'] },
]

test.each([
  ['Docs', 'Shop', [3]],
  ['Docs', 'Till', [3]],
  ['Build', 'Till', [4]],
  ['Build', 'Shop', [1, 2]],
  ['Build', 'Other', [1, 2, 4]],
  ['Staging/Build', 'Shop', [2]],
  ['Production/Build', 'Other', [1, 4]],
  ['Shop/Production/Build', 'Till', [1]],
  ['a/b', 'Shop', [5]],
  ['build', 'Shop', []],
])('%s means for something of %s %j', (name, project, ids) => {
  expect(meantBy(name, jobs, project).map(({ id }) => id)).toEqual(ids)
})

test.each([
  [3, 'Till', 'Docs'],
  [4, 'Till', 'Build'],
  [2, 'Shop', 'Staging/Build'],
  [1, 'Till', 'Shop/Production/Build'],
  [9, 'Shop', undefined],
])('%d is for something of %s called %s', (id, project, name) => {
  expect(shortestName(id, jobs, project)).toBe(name)
})

test('two of one name in one environment have no name of their own', () => {
  const twice = [1, 2].map((id) => ({ id, names: ['Shop', 'Production', 'Build'] }))
  expect(shortestName(1, twice, 'Shop')).toBeUndefined()
})
