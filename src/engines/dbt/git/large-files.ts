import path from 'node:path'
import { readForeign } from '../../../util/files/open-foreign.ts'
import type { Mirror } from './git-mirror.ts'
import { type WorkingCopy, within } from './working-copy.ts'

/** Says that files are pointers to what Git LFS has: without it git is content with those, and dbt would load them as data. */
export async function noteLargeFiles({ git, say }: Mirror, copy: WorkingCopy): Promise<void> {
  const file = path.join(copy.files, '.gitattributes')
  const attributes = await readForeign(file, { maxBytes: 1024 * 1024 }).catch(() => undefined) // most have none
  if (!attributes?.includes('filter=lfs')) return
  const filter = await git.ask([...within(copy), 'config', '--get-regexp', '^filter\\.lfs\\.(smudge|process)$'])
  if (filter.succeeded) return
  say(
    'Note: .gitattributes leaves files to Git LFS, which git does not have here. In their places are pointers of three lines. ' +
      'Install git-lfs on the worker, and run "git lfs install --system" there.',
  )
}
