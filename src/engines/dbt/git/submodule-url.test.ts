import { submoduleUrl } from './submodule-url.ts'

test.each([
  ['https://host/team/repo.git', '../lib.git', 'https://host/team/lib.git'],
  ['https://host/team/repo.git', '../../other/lib.git', 'https://host/other/lib.git'],
  ['https://host/team/repo/', './lib', 'https://host/team/repo/lib'],
  ['git@host:team/repo.git', '../lib.git', 'git@host:team/lib.git'],
  ['git@host:repo.git', '../lib.git', 'git@host:lib.git'],
  ['/srv/git/repo', '../lib/', '/srv/git/lib'],
  ['https://host/team/repo.git', 'git@other:lib.git', 'git@other:lib.git'],
  ['repo', '../lib', undefined],
])('beside %s, %s is %s', (repository, written, expected) => {
  expect(submoduleUrl(repository, written)).toBe(expected)
})
