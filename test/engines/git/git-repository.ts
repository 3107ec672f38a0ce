import { execFileSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Makes a repository with a working tree, by git itself. */
export class GitRepository {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  static async create(folder: string, files: Readonly<Record<string, string>> = {}): Promise<GitRepository> {
    const repository = new GitRepository(folder)
    await mkdir(folder, { recursive: true })
    repository.git('init', '--quiet', '--initial-branch', 'trunk')
    await repository.commit(files)
    return repository
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'protocol.file.allow=always']
    return execFileSync('git', [...identity, ...args], { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' }).trim()
  }

  /** Everything as it is now, with these files written or (null) removed before. Answers the commit. */
  async commit(files: Readonly<Record<string, string | null>> = {}): Promise<string> {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.folder, name)
      if (content === null) await rm(file, { recursive: true })
      else {
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(file, content)
      }
    }
    this.git('add', '--all')
    this.git('commit', '--quiet', '--allow-empty', '-m', 'change')
    return this.git('rev-parse', 'HEAD')
  }

  switchTo(branch: string): void {
    this.git('checkout', '--quiet', '-B', branch)
  }
}
