/** Whoever waits for the store of artifacts asks again after such pauses, in milliseconds, until the time for it is over. */
export const storeRetries = {
  retries: Number.POSITIVE_INFINITY,
  minTimeout: 250,
  maxTimeout: 10_000,
  randomize: true,
}
