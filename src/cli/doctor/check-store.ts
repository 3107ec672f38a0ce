import { access } from 'node:fs/promises'
import { examineStore } from '../../artifacts/examine-store.ts'
import type { ArtifactsConfig } from '../../config/artifacts-config.ts'
import { openArtifactStore } from '../../context/open-artifact-store.ts'
import { type Finding, fail, ok } from './finding.ts'

const patienceMs = 10_000

/** The store of artifacts: whether it lists and takes files. */
export async function checkStore(config: ArtifactsConfig): Promise<Finding> {
  const store = openArtifactStore(config)
  if (config.kind === 'disk' && !(await exists(config.folder)))
    return ok('artifacts', `${store.name}, made at the first start`)
  const problem = await examineStore(store, patienceMs)
  if (problem === undefined) return ok('artifacts', store.name)
  return fail('artifacts', `${store.name} cannot be used: ${problem.message}`, cures[config.kind])
}

const cures = {
  disk: 'Let Stratus write there, or choose another folder (STRATUS_ARTIFACTS_URL).',
  s3: 'Correct STRATUS_ARTIFACTS_URL, STRATUS_S3_ENDPOINT or the credentials of AWS; docs/artifacts.md says what they have to allow.',
}

async function exists(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  )
}
