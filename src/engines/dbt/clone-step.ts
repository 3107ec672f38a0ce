import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import type { StepEnd } from '../run-engine.ts'
import { folderCommit } from './folder-commit.ts'
import { parseGitAddress } from './git-address.ts'
import { findRevision, mirrorFolder, type Revision, updateMirror } from './git-mirror.ts'
import { openGit } from './git-program.ts'
import { readProjectFile } from './project-file.ts'
import type { Checkout, Run } from './run.ts'
import { StepFailure } from './step-failure.ts'
import type { StepLog } from './step-log.ts'

/** Makes the project's files available: in place, or checked out of a mirror of its repository. */
export async function cloneStep(run: Run, log: StepLog): Promise<StepEnd> {
  log.begin()
  const { source, subdirectory } = run.plan.project
  if (source.kind === 'git') {
    const checkout = await checkOut(run, source.url, source, log)
    run.sink.checkedOut(checkout)
    const dir = await projectFolder(
      run.workspace.checkout,
      subdirectory,
      `the repository ${parseGitAddress(source.url).url}`,
    )
    run.project = { dir, checkout, shared: false, ...(await readProjectFile(dir)) }
  } else if (source.kind === 'none') {
    throw new StepFailure('The project has no code: it can only be simulated.')
  } else {
    const root = path.resolve(source.path)
    const commit = folderCommit(root)
    const dir = await projectFolder(root, subdirectory, `the project's folder ${root}`)
    const project = await readProjectFile(dir)
    const checkout = await commit
    run.project = { dir, checkout, shared: true, ...project }
    log.say(`Using the project's folder in place: ${dir}`)
    if (checkout) {
      run.sink.checkedOut(checkout)
      log.say(`It is at commit ${checkout.sha}${checkout.branch === null ? '' : ` of branch ${checkout.branch}`}.`)
    }
  }
  return { status: 'success' }
}

async function checkOut(run: Run, address: string, revision: Revision, log: StepLog): Promise<Checkout> {
  const { dataDir, locks } = run.services
  const { url, variables } = parseGitAddress(address)
  const git = await openGit(run, variables)
  const mirror = mirrorFolder(dataDir, url)
  log.say(`Cloning into '${run.workspace.checkout}'...`)
  const wait = () => log.say('Waiting for another run that reads this repository.')
  const release = await locks.acquire(mirror, 'alone', run.signal, wait)
  try {
    await updateMirror(git, mirror, url, revision, (line) => log.say(line))
    log.say('Successfully cloned repository.')
    const checkout = await findRevision(git, mirror, url, revision)
    log.say(`Checking out to ${checkout.sha}...`)
    await git.ask(['--git-dir', mirror, 'worktree', 'prune'])
    const args = ['--git-dir', mirror, 'worktree', 'add', '--quiet', '--force', '--detach', '--']
    const added = await git.run([...args, run.workspace.checkout, checkout.sha], (line) => log.say(line))
    if (!added.succeeded) {
      log.say('Failed to checkout to specified revision.')
      throw new StepFailure(`Commit ${checkout.sha} of ${url} could not be checked out: ${added.reason}`)
    }
    log.say('Successfully checked out to specified revision.')
    return checkout
  } finally {
    release()
  }
}

async function projectFolder(root: string, subdirectory: string | undefined, whole: string): Promise<string> {
  const isFolder = async (folder: string) => (await stat(folder).catch(() => undefined))?.isDirectory() === true
  if (!(await isFolder(root))) throw new StepFailure(`There is no folder ${root}. Was the project moved?`)
  const top = await realpath(root)
  if (!subdirectory) return top
  const folder = path.join(top, subdirectory)
  if (!(await isFolder(folder))) throw new StepFailure(`There is no folder ${subdirectory} in ${whole}.`)
  const real = await realpath(folder)
  if (real !== top && !real.startsWith(top + path.sep))
    throw new StepFailure(`The folder ${subdirectory} leaves ${whole}.`)
  return real
}
