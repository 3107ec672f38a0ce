import type { ApplyPolicy } from '../../projects/machine-policy.ts'
import type { Problem } from '../schema/problem.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'
import { lookAtFolders } from './look-at-folders.ts'
import { lookAtProfiles } from './look-at-profiles.ts'
import { shortSecrets } from './look-at-secrets.ts'

/**
 * Finds what a document names and this machine lacks: mistakes where no other one executes its runs, else warnings; and
 * secrets that nobody can hide.
 */
export async function lookAround(
  document: StratusDocument,
  { executesHere, profilesDir }: ApplyPolicy,
): Promise<{ errors: readonly Problem[]; warnings: readonly Problem[] }> {
  const { folders, others } = await lookAtFolders(document)
  const warnings = [...others, ...(await lookAtProfiles(document, profilesDir)), ...shortSecrets(document)]
  return executesHere ? { errors: folders, warnings } : { errors: [], warnings: [...folders, ...warnings] }
}
