import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { folderCommit } from './folder-commit.ts'

describe('the commit of a folder', () => {
  let root: string
  let sha: string
  function git(...args: string[]): string {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
    return execFileSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' }).trim()
  }
  beforeAll(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), 'stratus-commit-')))
    git('init', '--quiet', '--initial-branch', 'main')
    git('commit', '--quiet', '--allow-empty', '-m', 'first')
    sha = git('rev-parse', 'HEAD')
    await mkdir(path.join(root, 'dbt/shop'), { recursive: true })
  })
  afterAll(() => rm(root, { recursive: true }))

  test('is that of the checkout around it, with its branch', async () => {
    expect(await folderCommit(path.join(root, 'dbt/shop'))).toEqual({ sha, branch: 'main' })
  })

  test('is found when git has packed the branches', async () => {
    git('pack-refs', '--all')
    expect(await folderCommit(root)).toEqual({ sha, branch: 'main' })
  })

  test('is found in a worktree, and without a branch', async () => {
    git('worktree', 'add', '--quiet', '-b', 'feature/x', 'tree')
    expect(await folderCommit(path.join(root, 'tree'))).toEqual({ sha, branch: 'feature/x' })
    git('checkout', '--quiet', '--detach')
    expect(await folderCommit(root)).toEqual({ sha, branch: null })
  })

  test('is not known of a folder in no checkout', async () => {
    expect(await folderCommit('/')).toBeUndefined()
  })
})
