/** Does `work` for each item, for `parallel` of them at a time. Rejects with the first failure when nothing is under way any more. */
export async function forEachParallel<T>(
  items: Iterable<T>,
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const remaining = items[Symbol.iterator]()
  const takeRemaining = async () => {
    for (let next = remaining.next(); !next.done; next = remaining.next()) await work(next.value)
  }
  const outcomes = await Promise.allSettled(Array.from({ length: parallel }, takeRemaining))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}
