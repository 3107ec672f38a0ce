import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { StepFailure } from '../../steps/step-failure.ts'
import type { Mirror } from './git-mirror.ts'
import { withoutReason } from './git-program.ts'
import { type WorkingCopy, within } from './working-copy.ts'

/** More, also of all depths together, make a checkout a matter of hours. */
export const mostSubmodules = 256

/** It is another repository, which a commit wants at a path of its own. */
export interface Submodule {
  readonly path: string
  /** The address as `.gitmodules` has it, perhaps relative. */
  readonly url: string
  readonly sha: string
}

/**
 * The submodules of a commit that was checked out. Only where they are is read of `.gitmodules`: what else it says,
 * above all the commands that git would run for it, counts for nothing.
 */
export async function findSubmodules({ git }: Mirror, copy: WorkingCopy, sha: string): Promise<Submodule[]> {
  const named = await lstat(path.join(copy.files, '.gitmodules')).catch(() => undefined) // most have none
  if (!named?.isFile()) return []
  const listed = await git.ask([
    ...within(copy),
    ...['config', '--no-includes', '--null', '--blob', `${sha}:.gitmodules`],
    ...['--get-regexp', '^submodule\\..*\\.(path|url)$'],
  ])
  const isNone = listed.code === 1 && listed.reason === withoutReason
  if (!listed.succeeded && !isNone) throw new StepFailure(`.gitmodules could not be read: ${listed.reason}`)
  const urls = urlsByPath(listed.stdout)
  if (urls.size > mostSubmodules) throw new StepFailure(`.gitmodules names more than ${mostSubmodules} submodules.`)
  if (urls.size === 0) return []
  const tree = await git.ask([...within(copy), 'ls-tree', '-z', sha, '--', ...urls.keys()])
  if (!tree.succeeded) throw new StepFailure(`The submodules could not be listed: ${tree.reason}`)
  return tree.stdout.split('\0').flatMap((entry) => {
    const [, commit, where] = /^160000 commit ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? []
    const url = urls.get(where ?? '')
    return commit === undefined || where === undefined || url === undefined ? [] : [{ path: where, url, sha: commit }]
  })
}

function urlsByPath(config: string): Map<string, string> {
  const modules = new Map<string, { path?: string; url?: string }>()
  for (const entry of config.split('\0')) {
    const [, name, key, value] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(entry) ?? []
    if (name === undefined || value === undefined) continue
    modules.set(name, { ...modules.get(name), [key === 'path' ? 'path' : 'url']: value.replace(/\/$/, '') })
  }
  return new Map(
    [...modules.values()].flatMap(({ path: where, url }) =>
      where === undefined || url === undefined ? [] : [[where, url] as const],
    ),
  )
}
