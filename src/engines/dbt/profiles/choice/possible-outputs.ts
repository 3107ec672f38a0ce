import { field, isMapping } from '../../../../util/objects/mapping.ts'
import type { ProfileOutput, ProfilesFile } from '../read/profiles-file.ts'

/** Each output that dbt may take of a file, where it is not known which. */
export function possibleOutputs({ content }: ProfilesFile): ProfileOutput[] {
  const profiles = isMapping(content) ? Object.values(content) : []
  const outputs = profiles.flatMap((profile) => {
    const all = field(profile, 'outputs')
    return isMapping(all) ? Object.values(all) : []
  })
  return outputs.filter(isMapping)
}
