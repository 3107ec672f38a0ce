import type { Detail } from '../environment.ts'
import { shownDetail } from './secret-mask.ts'

/** Details as they may be shown. */
export function withoutCredentials(details: Readonly<Record<string, Detail>>): Record<string, Detail> {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, shownDetail(value)]))
}
