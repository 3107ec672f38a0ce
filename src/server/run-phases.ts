import type { Logger } from 'pino'

/** A part of stopping, with the longest that it may take. */
export interface Phase {
  readonly name: string
  /** It is Infinity for one that bounds itself. */
  readonly limitMs: number
  run(): Promise<unknown>
}

/** Does one after the other; one that fails, or takes too long, is logged and keeps none from its turn. Answers those. */
export async function runPhases(phases: readonly Phase[], logger: Logger): Promise<string[]> {
  const failed: string[] = []
  for (const phase of phases) {
    logger.debug({ phase: phase.name }, 'stopping')
    try {
      await withinLimit(phase)
    } catch (err) {
      failed.push(phase.name)
      logger.error({ err, phase: phase.name }, 'a part of stopping failed; the rest goes on')
    }
  }
  return failed
}

async function withinLimit({ limitMs, run }: Phase): Promise<void> {
  if (limitMs === Number.POSITIVE_INFINITY) {
    await run()
    return
  }
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${limitMs / 1000} s.`)), limitMs)
  })
  try {
    await Promise.race([run(), overdue])
  } finally {
    clearTimeout(timer)
  }
}
