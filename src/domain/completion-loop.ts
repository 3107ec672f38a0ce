/** The jobs of a loop that are named. */
const mostNamed = 20

/**
 * The way round from a job to itself over those that it waits for, as "3 waits for 5, which waits for 3"; undefined for none.
 * With one `settled` for the questions about many jobs, each job is passed once, and each loop is told once.
 */
export function completionLoop(
  jobId: number,
  awaitedBy: (jobId: number) => number | undefined,
  settled = new Set<number>(),
): string | undefined {
  const way = new Set<number>()
  let next: number | undefined = jobId
  while (next !== undefined && !way.has(next) && !settled.has(next)) {
    way.add(next)
    next = awaitedBy(next)
  }
  // Those of a loop that the job is not part of are not settled.
  for (const id of way) {
    if (id === next && next !== jobId) break
    settled.add(id)
  }
  if (next !== jobId || !way.has(jobId)) return undefined
  const named = [...way].slice(0, mostNamed).map(String)
  if (way.size > mostNamed) named.push(`${way.size - mostNamed} more`)
  return [...named, jobId].join(', which waits for ').replace(', which waits for', ' waits for')
}
