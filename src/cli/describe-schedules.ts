import type { AppContext } from '../context.ts'
import { activeState } from '../domain/state.ts'

const mostShown = 10

/** The jobs that run by themselves: a laptop that starts a team's file fires them, too. */
export async function describeSchedules(
  { db, config }: Pick<AppContext, 'db' | 'config'>,
  accountId: number,
): Promise<string[]> {
  const jobs = await db
    .selectFrom('jobs')
    .select(['id', 'name', 'schedule', 'schedule_cron'])
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .where('trigger_schedule', '=', true)
    .where('schedule_cron', 'is not', null)
    .orderBy('id')
    .execute()
  if (jobs.length === 0) return []
  const title = config.schedules
    ? 'Schedules fire here (--no-schedules: none):'
    : 'Schedules that do not fire here, because of --no-schedules:'
  const rest = jobs.length > mostShown ? [`  and ${jobs.length - mostShown} more`] : []
  const lines = jobs.slice(0, mostShown).map(({ id, name, schedule, schedule_cron: cron }) => {
    return `  job ${id}  ${name} (${cron} ${schedule?.timezone ?? 'UTC'})`
  })
  return ['', title, ...lines, ...rest]
}
