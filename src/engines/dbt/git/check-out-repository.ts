import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { parseGitUrl } from '../../../domain/git/git-url.ts'
import { isBelow } from '../../../util/files/is-below.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import type { StepLog } from '../../steps/step-log.ts'
import type { Checkout, Run } from '../run.ts'
import { markAsUsed, resourceOf, type Slot } from './checkout-slots.ts'
import { type GitAddress, readGitAddress } from './git-address.ts'
import {
  findRevision,
  type Mirror,
  mirrorName,
  mirrorsFolder,
  namedRevision,
  type Revision,
  updateMirror,
  withMirror,
} from './git-mirror.ts'
import { openGit } from './git-program.ts'
import { noteLargeFiles } from './large-files.ts'
import { readCommits } from './read-commits.ts'
import { submoduleUrl } from './submodule-url.ts'
import { findSubmodules, mostSubmodules, type Submodule } from './submodules.ts'
import { announce, bringToCommit, removeLeftovers, type WorkingCopy } from './working-copy.ts'

/** Deeper ones are a mistake, or made to keep a worker busy. */
const deepestSubmodule = 10

/** A repository with its submodules at their commits, in one slot. */
export interface CheckedOut {
  readonly commit: Checkout
  /** The top of the repository's files. */
  readonly root: string
  /** Removes what earlier runs left, but for these folders. */
  removeLeftovers(kept: readonly string[]): Promise<void>
}

interface Part {
  readonly mirror: Mirror
  readonly copy: WorkingCopy
}

/** Brings a slot to the commit that the revision stands for. */
export async function checkOutRepository(
  run: Run,
  address: string,
  revision: Revision,
  slot: Slot,
  log: StepLog,
): Promise<CheckedOut> {
  const copy = { repository: path.join(slot.folder, 'repository.git'), files: path.join(slot.folder, 'files') }
  log.say(`Cloning into '${copy.files}'...`)
  const target = readGitAddress(address)
  const mirror = await openMirror(run, target, log)
  const commit = await atRevision(run, { mirror, copy }, revision, log, (line) => log.say(line))
  // While the rest is made: nobody waits for it but the page of the run.
  const facts = commitFacts(run, mirror, commit.sha)
  facts.catch(() => {}) // thrown below
  await announce(mirror, copy)
  await noteLargeFiles(mirror, copy)
  const parts: Part[] = [{ mirror, copy }]
  await checkOutSubmodules(
    run,
    { part: { mirror, copy }, address: target, sha: commit.sha, slot, parts, depth: 1 },
    log,
  )
  return {
    commit: { ...commit, facts: await facts },
    root: copy.files,
    async removeLeftovers(kept) {
      for (const part of parts) await removeLeftovers(part.mirror, part.copy, kept)
    },
  }
}

async function atRevision(
  run: Run,
  { mirror, copy }: Part,
  revision: Revision,
  log: StepLog,
  say: (line: string) => void,
): Promise<Checkout> {
  const name = path.basename(mirror.folder)
  const hold = await run.sink.holdExclusively([resourceOf(run.services.dataFolderId, name)], () => {
    log.say(`Waiting for another run that reads ${mirror.url}.`)
    log.flush()
  })
  // Asked for while the mirror is fetched: when both fail, the fetch says why.
  const named = namedRevision(mirror, revision)
  named.catch(() => {})
  try {
    return await withMirror(mirror, async () => {
      await updateMirror(mirror, revision)
      await markAsUsed(mirror.folder)
      say('Successfully cloned repository.')
      const commit = await findRevision(mirror, await named)
      say(`Checking out to ${commit.sha}...`)
      await bringToCommit(mirror, copy, commit.sha)
      say('Successfully checked out to specified revision.')
      return commit
    })
  } finally {
    await named.catch(() => {}) // nothing of the run is alive after it
    await hold.free()
  }
}

async function commitFacts(run: Run, mirror: Mirror, sha: string) {
  return readCommits(mirror, sha, await run.sink.lastGoodCommit(), run.secrets)
}

interface Parent {
  readonly part: Part
  readonly address: GitAddress
  readonly sha: string
  readonly slot: Slot
  readonly parts: Part[]
  readonly depth: number
}

/** They come one after the other, each with its own mirror: no run holds two of them, so that none wait for each other. */
async function checkOutSubmodules(run: Run, parent: Parent, log: StepLog): Promise<void> {
  const { mirror, copy } = parent.part
  for (const submodule of await findSubmodules(mirror, copy, parent.sha)) {
    const where = path.relative(path.join(parent.slot.folder, 'files'), path.join(copy.files, submodule.path))
    // Whoever names a folder writes no lines into the log.
    const shown = where.replace(/\p{C}/gu, '\uFFFD')
    try {
      if (parent.depth > deepestSubmodule) throw new StepFailure('It is nested too deep.')
      if (parent.parts.length > mostSubmodules) throw new StepFailure(`More than ${mostSubmodules} are too many.`)
      const address = await addressOf(run, parent.address, submodule)
      const part = {
        mirror: await openMirror(run, address, log),
        copy: { repository: repositoryOf(parent.slot, where), files: path.join(copy.files, submodule.path) },
      }
      log.say(`Checking out the submodule ${shown} to ${submodule.sha}...`)
      await removeObstacle(run, parent.slot, where)
      // Whoever wrote the commit that names it chose it.
      await atRevision(run, part, { sha: submodule.sha, anyCommit: true }, log, () => {})
      parent.parts.push(part)
      await checkOutSubmodules(run, { ...parent, part, address, sha: submodule.sha, depth: parent.depth + 1 }, log)
    } catch (error) {
      if (!(error instanceof StepFailure) || error instanceof SubmoduleFailure) throw error
      throw new SubmoduleFailure(`The submodule ${shown} could not be checked out: ${error.message}`)
    }
  }
}

/** It names the submodule already. */
class SubmoduleFailure extends StepFailure {}

/** A link that an earlier run left on the way, or the commit has there as well, would lead the submodule's files elsewhere. */
async function removeObstacle(run: Run, { folder }: Slot, where: string): Promise<void> {
  let place = path.join(folder, 'files')
  for (const name of where.split(path.sep)) {
    place = path.join(place, name)
    const found = await lstat(place).catch(() => undefined) // not there yet
    if (found === undefined || found.isDirectory()) continue
    return run.hands.removeInside(place)
  }
}

function repositoryOf({ folder }: Slot, where: string): string {
  return path.join(folder, 'modules', `${createHash('sha256').update(where).digest('hex').slice(0, 24)}.git`)
}

/** It follows the rules for a repository's own address, and has its credentials, which git gives to their host only. */
async function addressOf(run: Run, parent: GitAddress, submodule: Submodule): Promise<GitAddress> {
  const url = submoduleUrl(parent.url, submodule.url)
  if (url === undefined) throw new StepFailure(`Its address ${submodule.url} leads nowhere from ${parent.url}.`)
  const address = readGitAddress(url)
  const folder = parseGitUrl(url)?.folder
  if (folder !== undefined) await assertAllowedFolder(run, folder)
  return address.secrets.length > 0 ? address : { ...address, variables: parent.variables }
}

async function assertAllowedFolder(run: Run, folder: string): Promise<void> {
  if (path.isAbsolute(folder) && (await isBelow(folder, run.services.projectRoots))) return
  throw new StepFailure(
    `Its address ${folder} is a folder of the worker's machine, and not below one that STRATUS_PROJECT_ROOTS names.`,
  )
}

async function openMirror(run: Run, { url, variables }: GitAddress, log: StepLog): Promise<Mirror> {
  return {
    git: await openGit(run, variables),
    hands: run.hands,
    folder: path.join(mirrorsFolder(run.services.dataDir), mirrorName(url, run.hands)),
    url,
    say: (line) => log.say(line),
  }
}
