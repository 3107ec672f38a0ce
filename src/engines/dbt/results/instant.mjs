/*
 * One rule for the instants that dbt writes, in its events and in its results. It is JavaScript, since the thread that reads
 * results runs from the sources too, where nothing compiles it.
 */

/** It is exact to the millisecond. dbt 1 writes the times of nodes in UTC without saying so. */
export function instantOf(text) {
  const [, moment, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:\d\d)?$/.exec(text ?? '') ?? []
  const instant = new Date(`${moment}${zone}`)
  if (Number.isNaN(instant.getTime())) return undefined
  const written = instant.toISOString()
  return /^(?!0000)\d{4}-/.test(written) ? written : undefined // a year that a database keeps
}
