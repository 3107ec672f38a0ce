import type { ProjectRecord } from '../../definitions/projects/project-queries.ts'
import { presentSpacedRepository, repositoryId } from './present-repository.ts'

const date = new Date('2026-01-02T03:04:05Z')
const project: ProjectRecord = {
  id: 7,
  account_id: 1,
  name: 'Shop',
  description: '',
  path: null,
  git_url: null,
  git_branch: null,
  subdirectory: null,
  state: 1,
  created_at: date,
  updated_at: date,
  main_connection_id: null,
  main_connection: null,
  main_profile_name: null,
}

test.each([
  ['https://github.com/acme/shop.git', 'https://github.com/acme/shop.git', 'acme/shop'],
  ['https://token@github.com/acme/shop', 'https://github.com/acme/shop', 'acme/shop'],
  ['https://user:secret@git.example/a/b/shop.git', 'https://git.example/a/b/shop.git', 'a/b/shop'],
  ['git@github.com:acme/shop.git', 'git@github.com:acme/shop.git', 'acme/shop'],
  ['ssh://git@git.example:2222/acme/shop.git', 'ssh://git@git.example:2222/acme/shop.git', 'acme/shop'],
  ['ssh://git:secret@git.example/acme/shop.git', 'ssh://git@git.example/acme/shop.git', 'acme/shop'],
  ['file:///srv/git/shop.git', 'file:///srv/git/shop.git', 'srv/git/shop'],
  ['/srv/git/shop.git', '/srv/git/shop.git', 'srv/git/shop'],
])('%s is shown as %s', (url, address, fullName) => {
  expect(presentSpacedRepository({ ...project, git_url: url })).toMatchObject({
    id: 7,
    remote_url: address,
    full_name: fullName,
    name: 'shop',
  })
})

test('a folder has no repository', () => {
  expect(presentSpacedRepository(project)).toBeNull()
  expect(repositoryId(project)).toBeNull()
})
