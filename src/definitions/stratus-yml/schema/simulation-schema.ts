import * as z from 'zod'
import { scenarioSchema } from '../../../domain/scenarios/scenario.ts'
import { filledText } from './schema-parts.ts'

/** What the simulated engine plays: a scenario, or the path of its file; `apply` puts the content in its place. */
export const simulation = z.union([filledText, scenarioSchema], { error: 'a scenario, or the path of its file' })
