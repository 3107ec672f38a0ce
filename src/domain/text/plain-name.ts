import { namesSecretVariable } from '../secrets/secret-names.ts'

/** Names that dbt takes from Stratus as they are: nothing in them is code, a path or an option. */
const plainName = /^[A-Za-z0-9_$][A-Za-z0-9_$.-]{0,254}$/

export const plainNameRule =
  'a name of at most 255 letters, digits, _, $, - and dots that begins with none of the last two and names no DBT_ENV_SECRET variable'

export const plainNameExpected = `Expected ${plainNameRule}.`

export function isPlainName(text: string): boolean {
  return plainName.test(text) && !namesSecretVariable(text)
}
