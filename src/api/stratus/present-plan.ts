import type { ApplyPlan } from '../../projects/apply/plan.ts'
import type { components } from '../wire/stratus.generated.ts'

export function presentPlan({ dryRun, entries }: ApplyPlan): components['schemas']['Plan'] {
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
  }
}
