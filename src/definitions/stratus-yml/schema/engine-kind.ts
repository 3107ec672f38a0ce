import * as z from 'zod'

/** The engines that can execute a run here. */
const engines = ['dbt', 'simulated'] as const

export const engineKind = z.enum(engines, {
  // Planned, and in documents that people wrote after reading so.
  error: ({ input }) =>
    input === 'upstream' ? `one of ${engines.join(', ')}: this Stratus has no engine "upstream"` : undefined,
})
