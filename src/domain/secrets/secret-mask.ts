import { hideAllCredentials } from '../../util/text/hide-credentials.ts'
import type { Detail } from '../environment.ts'

/** Stands for a secret wherever its value would. */
export const secretMask = '********'

/** Stands for the user, the password and the token in an address. */
export const credentialsMask = '*****'

/** It is true for stars alone: they come from a client that sends back what it was shown, and are nobody's secret. */
export function isMask(text: string): boolean {
  return /^\*{5,}$/.test(text.trim())
}

/** It is true for text in which stars stand for what is not shown. */
export function hasMask(text: string): boolean {
  return text.includes(credentialsMask)
}

/** Says of a secret that consists of stars what is wrong with it. */
export function maskProblem(what: string): string {
  return `got stars, which stand for a secret that is not shown. Give the secret itself, or leave ${what} out`
}

/** A detail as it may be shown: what stands in addresses for a user, a password or a token is nobody's business. */
export function shownDetail(value: Detail): Detail {
  const hide = (text: string) => hideAllCredentials(text, credentialsMask)
  if (typeof value === 'string') return hide(value)
  return Array.isArray(value) ? value.map(hide) : value
}
