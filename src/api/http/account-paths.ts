/** Each version of the API has its account here; the paths of what the account holds begin with it. */
export const v2 = '/api/v2/accounts/:account_id/'
export const v3 = '/api/v3/accounts/:account_id/'

/** v2 has no paths of projects' own things. */
export const v3Project = `${v3}projects/:project_id/`

export function inBoth(path: string): readonly string[] {
  return [`${v2}${path}`, `${v3}${path}`]
}
