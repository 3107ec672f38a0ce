import * as z from 'zod'

export const engineKind = z.enum(['dbt', 'simulated', 'upstream'])
