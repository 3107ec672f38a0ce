import type { ApplyPlan } from '../../definitions/stratus-yml/apply/plan.ts'
import { pathText } from '../../definitions/stratus-yml/schema/problem.ts'
import type { components } from '../wire/stratus.generated.ts'

export function presentPlan({ dryRun, entries, warnings, leftOut }: ApplyPlan): components['schemas']['Plan'] {
  return {
    dry_run: dryRun,
    entries: entries.map(({ action, kind, id, name, within, changes, note }) => ({
      action,
      kind,
      id,
      name,
      within: [...within],
      changes: changes.map(({ key, from, to }) => ({ key, from, to })),
      note: note ?? null,
    })),
    warnings: warnings.map(({ path, message }) => ({ path: pathText(path), message })),
    left_out: leftOut.map(({ within, ...rest }) => ({ ...rest, within: [...within] })),
  }
}
