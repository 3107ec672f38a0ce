/** Waits until `check` answers something other than undefined or false; says what it waited for when that takes too long. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 10_000,
): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const answer = await check()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
