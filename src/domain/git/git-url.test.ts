import { gitUrlProblem, localPathOfGitUrl, parseGitUrl } from './git-url.ts'

test.each([
  ['https://github.com/acme/shop.git', 'acme/shop'],
  ['http://gitea.local:3000/team/x.git', 'team/x'],
  ['https://host/a/b/shop', 'a/b/shop'],
  ['git@github.com:acme/shop.git', 'acme/shop'],
  ['ssh://git@git.example:2222/acme/shop.git', 'acme/shop'],
  ['git://example.com/a.git', 'a'],
  ['https://[::1]:3000/a.git', 'a'],
  ['https://münchen.example/a.git', 'a'],
  ['file:///srv/git/shop.git', 'srv/git/shop'],
  ['/srv/my repositories/shop', 'srv/my repositories/shop'],
  ['./shop', './shop'],
])('%s can be kept and cloned as it is', (text, fullName) => {
  expect(gitUrlProblem(text)).toBeUndefined()
  expect(parseGitUrl(text)).toMatchObject({ address: text, fullName })
})

test.each([
  ['https://me:p%40ss@host:8443/repo.git', 'https://host:8443/repo.git', { user: 'me', password: 'p@ss' }],
  ['http://token@host/repo.git', 'http://host/repo.git', { user: 'token', password: '' }],
  ['ssh://git:secret@host/repo.git', 'ssh://git@host/repo.git', { user: 'git', password: 'secret' }],
])('%s is known as %s, and is no address to keep', (text, address, credentials) => {
  expect(parseGitUrl(text)).toMatchObject({ address, credentials })
  expect(gitUrlProblem(text)).toMatch(/^an address without user and password/)
})

test.each([
  [''],
  ['--upload-pack=x'],
  ['ext::sh -c x'],
  ['ext::https://host/x'],
  ['ftp://host/x'],
  ['https://'],
  ['https:///etc'],
  ['https:////etc/passwd'],
  ['https://\\etc/x'],
  ['https://good.example\\@evil.example/x'],
  ['https://me@/x'],
  ['https://@/x'],
  ['https://:443/x'],
  ['https://?x'],
  ['http:///etc'],
  ['ssh:///etc'],
  ['ssh://git@/etc'],
  ['ssh://%2DoProxyCommand=x/a'],
  ['git:///etc'],
  ['https://-host/x'],
  ['ssh://-oProxyCommand=x/a'],
  ['ssh://-l@host/a'],
  ['git@-oProxyCommand=x:a'],
  ['https://host/a b'],
  ['https://host/a\nb'],
  ['https://%zz@host/a'],
  ['file://remote/a'],
  ['file:relative'],
  ['file:///srv/%00'],
  ['shop'],
])('%j is no address', (text) => {
  expect(parseGitUrl(text)).toBeUndefined()
  expect(gitUrlProblem(text)).toMatch(/^(the address of a git repository|a local address such as)/)
})

test.each([
  ['/srv/shop', '/srv/shop'],
  ['../shop', '../shop'],
  ['file:///srv/my%20shop', '/srv/my shop'],
  ['FILE://localhost/srv/shop', '/srv/shop'],
  ['file:///srv/a#/../../etc', '/srv/a#/../../etc'],
  ['file:///srv/a?/..%2f../etc', '/srv/a?/../../etc'],
  ['file:///srv/a\\..\\b', '/srv/a\\..\\b'],
  ['https://host/srv', undefined],
  ['git@host:/srv', undefined],
])('%s reads the folder %s of this machine', (text, folder) => {
  expect(localPathOfGitUrl(text)).toBe(folder)
})
