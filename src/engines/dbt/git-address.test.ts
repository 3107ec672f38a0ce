import { parseGitAddress } from './git-address.ts'

test.each(['/srv/repo', 'git@host:team/repo.git', 'ssh://git@host/repo', 'file:///srv/repo', 'https://host/repo.git'])(
  '%s is used as it is',
  (text) => {
    expect(parseGitAddress(text)).toEqual({ url: text, variables: {}, secrets: [] })
  },
)

test('credentials for https travel by environment, for their host only', () => {
  expect(parseGitAddress('https://me:p%40ss@host:8443/repo.git')).toEqual({
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
  expect(parseGitAddress('https://token@host/repo.git').secrets).toEqual(['token', 'dG9rZW46'])
})

test.each(['', '--upload-pack=x', 'ext::sh -c x', 'http://host/x', 'https://'])('%j is refused', (text) => {
  expect(() => parseGitAddress(text)).toThrow('is not an address of a git repository')
})
