import { sql } from 'kysely'
import type { Database } from '../../../src/db/database.ts'
import { applyDocument } from '../../../src/definitions/stratus-yml/apply/apply-document.ts'
import type { ApplyPlan } from '../../../src/definitions/stratus-yml/apply/plan.ts'
import { createSecretBox } from '../../../src/secrets/secret-box.ts'
import { testKey } from '../test-key.ts'

export const secretBox = createSecretBox([testKey('apply')])
const policy = { projectRoots: [], dbtCommands: [], dbtUsers: [], unrestricted: true }

/** Applies documents to `database` as its account 1. */
export function applyTo(database: Database) {
  return (document: unknown, options: { dryRun?: boolean; prune?: boolean; accountId?: number } = {}) =>
    applyDocument({ db: database.db, secretBox, policy }, document, { accountId: 1, ...options })
}

/** Leaves account 1 alone, without anything in it. */
export async function emptyAccount({ db }: Database): Promise<void> {
  await sql`truncate accounts restart identity cascade`.execute(db)
  await db.insertInto('accounts').values({ id: 1, name: 'Local' }).execute()
}

/** Makes a document with one project and one environment. */
export function shop(environment: object, project: object = {}) {
  return {
    projects: [{ name: 'Shop', path: '/srv/shop', ...project, environments: [{ name: 'Production', ...environment }] }],
  }
}

/** Writes one line for each entry of a plan. */
export function lines(plan: ApplyPlan): string[] {
  return plan.entries.map(({ action, kind, id, name, changes }) =>
    [
      `${action} ${kind} ${id} ${name}`,
      ...changes.map(({ key, from, to }) => `${key}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`),
    ].join(', '),
  )
}
