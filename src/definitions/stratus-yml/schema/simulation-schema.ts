import * as z from 'zod'
import { scenarioSchema } from '../../../domain/scenarios/scenario.ts'
import { filledText } from './schema-parts.ts'

/** The simulated engine plays a scenario. A path names its file, whose content `apply` puts in its place. */
export const simulation = z.union([filledText, scenarioSchema], { error: 'a scenario, or the path of its file' })
