import type { Tx } from '../../db/database.ts'
import type { AccountRow } from '../../db/schema/accounts.ts'
import type { EnvironmentVariableRow } from '../../db/schema/environment-variables.ts'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import type { JobRow } from '../../db/schema/jobs.ts'
import type { ProjectRow } from '../../db/schema/projects.ts'

/** Holds all that a document can say of an account, deleted rows included, by id; variables are by name. */
export interface AccountRows {
  readonly account: AccountRow | undefined
  readonly projects: readonly ProjectRow[]
  readonly environments: readonly EnvironmentRow[]
  readonly jobs: readonly JobRow[]
  readonly variables: readonly EnvironmentVariableRow[]
}

export async function loadAccountRows(tx: Tx, accountId: number): Promise<AccountRows> {
  return {
    account: await tx.selectFrom('accounts').selectAll().where('id', '=', accountId).executeTakeFirst(),
    projects: await tx.selectFrom('projects').selectAll().where('account_id', '=', accountId).orderBy('id').execute(),
    environments: await tx
      .selectFrom('environments')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('id')
      .execute(),
    jobs: await tx.selectFrom('jobs').selectAll().where('account_id', '=', accountId).orderBy('id').execute(),
    variables: await tx
      .selectFrom('environment_variables')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('name')
      .execute(),
  }
}
