/** The way round from a job to itself over those that it waits for, as "3 waits for 5, which waits for 3"; undefined for none. */
export function completionLoop(jobId: number, awaitedBy: (jobId: number) => number | undefined): string | undefined {
  const way = [jobId]
  const seen = new Set<number>()
  let next = awaitedBy(jobId)
  // A loop that the job is not part of ends the search, too.
  while (next !== undefined && !seen.has(next)) {
    seen.add(next)
    way.push(next)
    if (next === jobId) return way.join(', which waits for ').replace(', which waits for', ' waits for')
    next = awaitedBy(next)
  }
  return undefined
}
