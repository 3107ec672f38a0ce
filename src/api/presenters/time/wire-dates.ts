/*
 * Three date formats, each where dbt Cloud has it: clients parse them with fixed patterns (Kestra's rejects a `T`
 * and three fraction digits in runs), so that none of them may be toISOString's, which Stratus's own API has.
 */

/** Runs, steps, triggers, projects, and what v3 has: `2024-07-03 13:59:00.653000+00:00`. */
export function spacedInstant(date: Date): string {
  return instant(date).replace('T', ' ')
}

/** Jobs, environments and accounts of v2: `2024-07-03T13:59:00.653000+00:00`. */
export function instant(date: Date): string {
  return `${date.toISOString().slice(0, -1)}000+00:00`
}

/** The job inside a run: `2024-07-03T13:59:00.653000Z`. */
export function zuluInstant(date: Date): string {
  return `${date.toISOString().slice(0, -1)}000Z`
}

/** Runs and nodes of Stratus's own API: `2024-07-03T13:59:00.653Z`. */
export function isoInstant(date: Date): string {
  return date.toISOString()
}

export function nullable(format: (date: Date) => string, date: Date | null): string | null {
  return date === null ? null : format(date)
}
