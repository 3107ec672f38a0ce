import { realpath } from 'node:fs/promises'
import path from 'node:path'
import type { StepEnd } from '../run-engine.ts'
import { folderCommit } from './folder-commit.ts'
import { readGitAddress } from './git/git-address.ts'
import { findRevision, mirrorFolder, type Revision, updateMirror } from './git-mirror.ts'
import { openGit } from './git-program.ts'
import { programOf } from './program-of.ts'
import { readProjectFile } from './project-file.ts'
import type { Checkout, Project, Run } from './run.ts'
import { StepFailure } from './step-failure.ts'
import type { StepLog } from './step-log.ts'
import { makeWorkspace } from './workspace.ts'

/** Makes the project's files available: in place, or checked out of a mirror of its repository. */
export async function cloneStep(run: Run, log: StepLog): Promise<StepEnd> {
  log.begin()
  const making = makeWorkspace(run.workspace, run.services.owner, run.plan.steps)
  making.catch(() => {}) // thrown below
  try {
    run.project = await makeAvailable(run, making, log)
    // While the profile is made. The step that needs the program says what is wrong with it.
    programOf(run).catch(() => {})
  } finally {
    await making
  }
  return { status: 'success' }
}

async function makeAvailable(run: Run, making: Promise<void>, log: StepLog): Promise<Project> {
  const { source, subdirectory } = run.plan.project
  switch (source.kind) {
    case 'none':
      throw new StepFailure('The project has no code: it can only be simulated.')
    case 'path':
      return useInPlace(run, path.resolve(source.path), subdirectory, log)
    case 'git': {
      await making
      const checkout = await checkOut(run, source.url, source, log)
      run.sink.checkedOut(checkout)
      const whole = `the repository ${readGitAddress(source.url).url}`
      const dir = await projectFolder(run.workspace.checkout, subdirectory, whole)
      return { dir, checkout, shared: false, ...(await readProjectFile(dir)) }
    }
  }
}

async function useInPlace(run: Run, root: string, subdirectory: string | undefined, log: StepLog): Promise<Project> {
  const commit = folderCommit(root)
  const dir = await projectFolder(root, subdirectory, `the project's folder ${root}`)
  const project = await readProjectFile(dir)
  const checkout = await commit
  log.say(`Using the project's folder in place: ${dir}`)
  if (checkout) {
    run.sink.checkedOut(checkout)
    log.say(`It is at commit ${checkout.sha}${checkout.branch === null ? '' : ` of branch ${checkout.branch}`}.`)
  }
  return { dir, checkout, shared: true, ...project }
}

async function checkOut(run: Run, address: string, revision: Revision, log: StepLog): Promise<Checkout> {
  const { dataDir, locks } = run.services
  const { url, variables } = readGitAddress(address)
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
  const top = await withoutLinks(root)
  if (top === undefined) throw new StepFailure(`There is no folder ${root}. Was the project moved?`)
  if (!subdirectory) return top
  const folder = await withoutLinks(path.join(top, subdirectory))
  if (folder === undefined) throw new StepFailure(`There is no folder ${subdirectory} in ${whole}.`)
  if (folder !== top && !folder.startsWith(top + path.sep))
    throw new StepFailure(`The folder ${subdirectory} leaves ${whole}.`)
  return folder
}

/** Undefined when there is nothing of that name. That it is a folder is seen when files in it are read. */
async function withoutLinks(folder: string): Promise<string | undefined> {
  return realpath(folder).catch(() => undefined)
}
