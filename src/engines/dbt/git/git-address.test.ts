import { readGitAddress } from './git-address.ts'

test.each([
  '/srv/repo',
  'git@host:team/repo.git',
  'ssh://git@host/repo',
  'file:///srv/repo',
  'https://host/repo.git',
  'http://host/repo.git',
])('%s is used as it is', (text) => {
  expect(readGitAddress(text)).toEqual({ url: text, variables: {}, secrets: [] })
})

test('credentials for the web travel by environment, for their host only', () => {
  expect(readGitAddress('https://me:p%40ss@host:8443/repo.git')).toEqual({
    url: 'https://host:8443/repo.git',
    variables: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.https://host:8443/.extraHeader',
      GIT_CONFIG_VALUE_0: 'Authorization: Basic bWU6cEBzcw==',
    },
    secrets: ['p@ss', 'bWU6cEBzcw=='],
  })
})

test('a token may stand where the user does', () => {
  expect(readGitAddress('https://token@host/repo.git').secrets).toEqual(['token', 'dG9rZW46'])
})

test('what is no address is refused, without what may be a secret in it', () => {
  expect(() => readGitAddress('gopher://hunter2@host/x')).toThrow(
    '`gopher://*****@host/x` is not an address of a git repository',
  )
})
