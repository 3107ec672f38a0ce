import type { Logger } from 'pino'
import type { Database } from './db/database.ts'
import { errorCode } from './util/error-code.ts'

/** One line when the database goes and one when it is back: whoever waits for it meanwhile says nothing. */
export function logReachability({ reachability }: Pick<Database, 'reachability'>, logger: Logger): void {
  reachability.listen({
    lost(error) {
      const reason = error instanceof Error ? error.message : String(error)
      logger.warn({ code: errorCode(error), reason }, 'the database does not answer; what needs it waits')
    },
    back(seconds) {
      logger.info({ seconds: Math.round(seconds * 10) / 10 }, 'the database answers again')
    },
  })
}
