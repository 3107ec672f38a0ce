import { hideAllCredentials } from '../util/hide-credentials.ts'
import type { Detail } from './environment.ts'

/** Details as they may be shown: what stands in addresses for a user, a password or a token is nobody's business. */
export function withoutCredentials(details: Readonly<Record<string, Detail>>): Record<string, Detail> {
  const hide = (text: string) => hideAllCredentials(text, '*****')
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (typeof value === 'string') return [name, hide(value)]
      return [name, Array.isArray(value) ? value.map(hide) : value]
    }),
  )
}
