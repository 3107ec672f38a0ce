import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { Scope } from '../../util/paging.ts'

export interface FoundDag {
  readonly dag_id: string
  readonly last_run_id: number
}

/** So many DAGs are looked at, in the order of their names. */
const mostScanned = 500

/** A caller of some projects finds a DAG that asked for one of this many of its last runs. */
const mostRuns = 100

/** From one name in the index to the next, so that it does not matter how many runs each has. */
export async function findDags(
  db: Db,
  { accountId, projectIds }: Scope,
  text: string,
  limit: number,
): Promise<FoundDag[]> {
  const nextAfter = (name: ReturnType<typeof sql>) => sql`(
    select runs.orchestrator ->> 'dag_id'
    from runs
    where runs.account_id = ${accountId} and runs.orchestrator ->> 'dag_id' is not null
      and runs.orchestrator ->> 'dag_id' > ${name}
    order by runs.orchestrator ->> 'dag_id'
    limit 1
  )`
  const { rows } = await sql<FoundDag>`
    with recursive dags (dag_id, n) as (
      select ${nextAfter(sql`''`)}, 1
      union all
      select ${nextAfter(sql`dags.dag_id`)}, dags.n + 1 from dags
      where dags.dag_id is not null and dags.n < ${sql.lit(mostScanned)}
    )
    select dags.dag_id, last.last_run_id
    from dags
    cross join lateral (
      select max(newest.id) as last_run_id
      from (
        select runs.id, runs.project_id from runs
        where runs.account_id = ${accountId} and runs.orchestrator ->> 'dag_id' = dags.dag_id
        order by runs.id desc
        limit ${sql.lit(mostRuns)}
      ) as newest
      where ${projectIds === null ? sql`true` : sql`newest.project_id = any(${projectIds}::bigint[])`}
    ) as last
    where position(lower(${text}) in lower(dags.dag_id)) > 0 and last.last_run_id is not null
    order by dags.dag_id
    limit ${limit}
  `.execute(db)
  return rows
}
