import { isBranchName } from './branch-name.ts'

test.each(['main', 'feature/a-b_c.1', 'renovate/@types', 'ünï', 'v1.2.3'])('%s is a branch', (text) => {
  expect(isBranchName(text)).toBe(true)
})

test.each([
  ...['--upload-pack=x', '-x', '/a', 'a/', '../x', 'a..b', 'a//b', 'main~3', 'main^', 'main@{1}', 'a:b', 'a b', 'a\tb'],
  ...['a\u001b[2J', 'a\\b', 'a*', 'a?', '[a', 'a.lock', 'a.', '.a'],
])('%j is none', (text) => {
  expect(isBranchName(text)).toBe(false)
})
