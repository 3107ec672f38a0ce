import { RouteTree } from './route-tree.ts'

const tree = new RouteTree<string>()
for (const pattern of [
  '/api/v2/accounts/:account_id/',
  '/api/v2/accounts/:account_id/runs/:run_id/',
  '/api/v2/accounts/:account_id/runs/:run_id/artifacts/',
  '/api/v2/accounts/:account_id/runs/:run_id/artifacts/*path',
  '/api/v3/variables/:variable_id/',
  '/api/v3/variables/bulk/',
  '/api/v3/variables/:variable_id/history/',
]) {
  tree.add(pattern, pattern)
}

test.each([
  ['/api/v2/accounts/7/', '/api/v2/accounts/:account_id/', { account_id: '7' }],
  ['/api/v2/accounts/7', '/api/v2/accounts/:account_id/', { account_id: '7' }],
  ['/API/v2/Accounts/7/', '/api/v2/accounts/:account_id/', { account_id: '7' }],
  ['/api/v2/accounts/a%2Fb/', '/api/v2/accounts/:account_id/', { account_id: 'a/b' }],
  ['/api/v2/accounts/1/runs/2/', '/api/v2/accounts/:account_id/runs/:run_id/', { account_id: '1', run_id: '2' }],
  ['/api/v3/variables/bulk/', '/api/v3/variables/bulk/', {}],
  ['/api/v3/variables/bulk/history/', '/api/v3/variables/:variable_id/history/', { variable_id: 'bulk' }],
])('%s leads to %s', (path, target, params) => {
  expect(tree.find(path)).toEqual({ target, params })
})

test('the rest of a path is a list of its segments', () => {
  const found = tree.find('/api/v2/accounts/1/runs/2/artifacts/compiled/My%20Model.sql')
  expect(found?.params).toEqual({ account_id: '1', run_id: '2', path: ['compiled', 'My Model.sql'] })
  expect(tree.find('/api/v2/accounts/1/runs/2/artifacts/')?.target).not.toContain('*')
})

test.each([
  '/',
  '',
  '/api/v2/',
  '/api/v2/accounts/',
  '/api/v2/accounts//',
  '/api/v2/accounts/1//runs/2/',
  '/api/v2/accounts/1/runs/2/x',
])('%s leads nowhere', (path) => {
  expect(tree.find(path)).toBeUndefined()
})

test('a broken percent escape is an error', () => {
  expect(() => tree.find('/api/v2/accounts/%zz/')).toThrow(URIError)
})
