import path from 'node:path'
import { errorCode } from '../../../util/error-code.ts'
import { openForeign, UnfitFile } from '../../../util/files/open-foreign.ts'
import { StepFailure } from '../../steps/step-failure.ts'

/** dbt reads these files of a project besides its sources, and may show them in its messages. */
const names = [
  'dbt_project.yml',
  'packages.yml',
  'dependencies.yml',
  'package-lock.yml',
  'profiles.yml',
  'selectors.yml',
  '.user.yml',
]

/** Throws a StepFailure when a file of a checkout's project is none, or is a link that leads out of the checkout. */
export async function assertOwnFiles(projectDir: string, checkout: string): Promise<void> {
  for (const name of names) await assertOwnFile(path.join(projectDir, name), checkout)
}

/** The same for one file, which need not be there. */
export async function assertOwnFile(file: string, checkout: string): Promise<void> {
  try {
    await openForeign(file, { followsLinks: true, below: checkout }, async () => {})
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT') return
    if (!(error instanceof UnfitFile) && code === undefined) throw error
    const reason = error instanceof UnfitFile ? error.message : `cannot be read (${code})`
    throw new StepFailure(`${path.relative(checkout, file)} of the repository ${reason}.`)
  }
}
