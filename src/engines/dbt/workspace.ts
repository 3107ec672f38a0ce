import { mkdir, readdir, realpath, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import * as z from 'zod'
import type { PlannedStep } from '../../domain/runs/run-step.ts'
import { readForeign } from '../../util/files/open-foreign.ts'
import { isAlive, type ProcessIdentity } from './processes/process-identity.ts'
import type { Hands } from './users/hands.ts'
import { removeTree } from './users/remove-tree.ts'

/** The folder of one run: everything that Stratus itself makes for it, removed when it ends. */
export interface Workspace {
  readonly folder: string
  readonly profiles: string
  /** `dbt retry` reads the earlier run from this folder. */
  readonly earlierResults: string
}

export interface StepFolders {
  readonly target: string
  readonly logs: string
}

const ownerFile = 'owner.json'
const owner = z.object({ host: z.string(), pid: z.number(), startedAt: z.string() })

/** The real path of the folder of all workspaces, so that a run whose folder became a link is recognised. */
export async function openRunsFolder(dataDir: string): Promise<string> {
  await mkdir(runsFolder(dataDir), { recursive: true, mode: 0o700 })
  return realpath(runsFolder(dataDir))
}

export function workspaceOf(runsDir: string, run: { readonly runId: number; readonly claim: number }): Workspace {
  const folder = path.join(runsDir, `${run.runId}-${run.claim}`)
  return {
    folder,
    profiles: path.join(folder, 'profiles'),
    earlierResults: path.join(folder, 'earlier-results'),
  }
}

/** Makes the folder with those of the steps that run a command, and says in it whose it is. */
export async function makeWorkspace(
  workspace: Workspace,
  identity: ProcessIdentity,
  steps: readonly PlannedStep[],
  hands: Hands,
): Promise<void> {
  await hands.makePassage(workspace.folder)
  await hands.makeReadable(workspace.profiles)
  const commands = steps.filter(({ command }) => command !== undefined)
  const folders = commands.flatMap(({ index }) => Object.values(stepFolders(workspace, index)))
  await Promise.all([
    writeFile(path.join(workspace.folder, ownerFile), JSON.stringify({ host: hostname(), ...identity }), {
      mode: 0o600,
    }),
    ...[...new Set(folders)].map((folder) => hands.makeFolder(folder)),
  ])
}

/** A step finds in the target folder what the steps before it left there; its log is its own. */
export function stepFolders({ folder }: Workspace, stepIndex: number): StepFolders {
  return { target: path.join(folder, 'target'), logs: path.join(folder, `step-${stepIndex}`, 'logs') }
}

/** Removes the workspaces of workers on this host that are no more. */
export async function removeLeftoverWorkspaces(dataDir: string): Promise<void> {
  const folder = runsFolder(dataDir)
  const names = await readdir(folder).catch(() => []) // no folder: no run yet
  for (const name of names) {
    const workspace = path.join(folder, name)
    if (await isLeftover(workspace)) await removeTree(workspace)
  }
}

async function isLeftover(workspace: string): Promise<boolean> {
  try {
    const text = await readForeign(path.join(workspace, ownerFile), { maxBytes: 4096 })
    const identity = owner.parse(JSON.parse(text.toString()))
    return identity.host === hostname() && !(await isAlive(identity))
  } catch {
    return false // being made or removed at this moment
  }
}

function runsFolder(dataDir: string): string {
  return path.join(dataDir, 'runs')
}
