import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { isBelow } from '../../../util/files/is-below.ts'
import type { ProjectSource, StepEnd } from '../../run-engine.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import type { StepLog } from '../../steps/step-log.ts'
import { checkOutRepository } from '../git/check-out-repository.ts'
import { sweep, takeSlot } from '../git/checkout-slots.ts'
import { folderCommit } from '../git/folder-commit.ts'
import { readGitAddress } from '../git/git-address.ts'
import { declaresPackages } from '../packages/declared-packages.ts'
import { readProjectFile } from '../profiles/read/project-file.ts'
import { dbtOfRun } from '../program/dbt-of-run.ts'
import type { Project, Run } from '../run.ts'
import { assertUserAllowed } from '../users/choose-user.ts'
import { makeWorkspace } from '../workspace.ts'
import { assertOwnFiles } from './own-files.ts'

/** Makes the project's files available: in place, or checked out of a mirror of its repository. */
export async function cloneStep(run: Run, log: StepLog): Promise<StepEnd> {
  log.begin()
  const note = assertUserAllowed(run.plan, run.services.separation)
  if (note !== undefined) log.say(note)
  const making = makeFolders(run)
  making.catch(() => {}) // thrown below
  try {
    run.project = await makeAvailable(run, making, log)
    // While the profile is made. The step that needs the program says what is wrong with it.
    dbtOfRun(run).catch(() => {})
  } finally {
    await making
  }
  return { status: 'success' }
}

async function makeFolders({ workspace, services, plan, hands }: Run): Promise<void> {
  await Promise.all([makeWorkspace(workspace, services.owner, plan.steps, hands), hands.makeFolder(services.home)])
}

async function makeAvailable(run: Run, making: Promise<void>, log: StepLog): Promise<Project> {
  const { source, subdirectory } = run.plan.project
  switch (source.kind) {
    case 'none':
      throw new StepFailure('The project has no code: it can only be simulated.')
    case 'path':
      return useInPlace(run, path.resolve(source.path), subdirectory, log)
    case 'git':
      await making
      return checkOut(run, source, subdirectory, log)
  }
}

async function useInPlace(run: Run, root: string, subdirectory: string | undefined, log: StepLog): Promise<Project> {
  const commit = folderCommit(root)
  const dir = await projectFolder(root, subdirectory, `the project's folder ${root}`)
  const reading = readProjectFile(dir, undefined)
  reading.catch(() => {}) // thrown below, after what says more
  await Promise.all([assertBelowRoots(run, root, dir), assertOpen(run, dir)])
  const [project, checkout] = await Promise.all([reading, commit])
  log.say(`Using the project's folder in place: ${dir}`)
  if (checkout) {
    await run.sink.report({ type: 'checkedOut', ...checkout })
    log.say(`It is at commit ${checkout.sha}${checkout.branch === null ? '' : ` of branch ${checkout.branch}`}.`)
  }
  return { dir, checkout, checkoutRoot: undefined, shared: true, slot: 0, lastingPlace: undefined, ...project }
}

/** It works in a slot of the environment, whose path stays: dbt keeps paths in what it knows from earlier runs. */
async function checkOut(
  run: Run,
  source: Extract<ProjectSource, { kind: 'git' }>,
  subdirectory: string | undefined,
  log: StepLog,
): Promise<Project> {
  const { url } = readGitAddress(source.url)
  const slot = await takeSlot(run, log)
  const { commit, root, removeLeftovers } = await checkOutRepository(run, source.url, source, slot, log)
  await run.sink.report({ type: 'checkedOut', ...commit })
  const dir = await projectFolder(root, subdirectory, `the repository ${url}`)
  const checkoutRoot = await realpath(root)
  await assertOwnFiles(dir, checkoutRoot)
  const project = await readProjectFile(dir, checkoutRoot)
  // The step that installs packages decides whether they are right; dbt takes any that it finds, wanted or not.
  await removeLeftovers((await declaresPackages(dir, checkoutRoot)) ? [project.packagesFolder] : [])
  await sweep(run, log)
  const lastingPlace = {
    folder: path.join(run.services.dataDir, 'files', `environment-${run.plan.environment.id}`),
    subdirectory: path.relative(checkoutRoot, dir),
    projectDir: dir,
    checkout: checkoutRoot,
  }
  return { dir, checkout: commit, checkoutRoot, shared: false, slot: slot.number, lastingPlace, ...project }
}

/** It was allowed when it was defined: since then it, or a folder above it, may have become a link. */
async function assertBelowRoots(run: Run, root: string, dir: string): Promise<void> {
  const { projectRoots } = run.services
  if (await isBelow(dir, projectRoots)) return
  const where = dir === root ? root : `${root}, which is ${dir} now,`
  throw new StepFailure(
    `The project's folder ${where} does not lie below a folder that STRATUS_PROJECT_ROOTS of this worker names` +
      `${projectRoots.length === 0 ? ': it names none' : ` (${projectRoots.join(', ')})`}.`,
  )
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

async function assertOpen({ hands }: Run, dir: string): Promise<void> {
  const isOpen = await Promise.all([hands.may('read', dir), hands.may('enter', dir)])
  if (isOpen.every(Boolean)) return
  throw new StepFailure(
    `The project's folder ${dir} is shut to the user ${hands.user?.name} that dbt runs as. Let that user read it and ` +
      'pass through the folders above (chmod, chown or setfacl), or let the environment run as its owner (run_as).',
  )
}

/** It is undefined when there is nothing of that name. That it is a folder is seen when files in it are read. */
async function withoutLinks(folder: string): Promise<string | undefined> {
  return realpath(folder).catch(() => undefined)
}
