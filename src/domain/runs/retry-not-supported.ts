/** Says why a run cannot be retried from its failure, in dbt Cloud's words. */
export type RetryNotSupportedReason =
  | 'RETRY_UNSUPPORTED_CMD'
  | 'RETRY_UNSUPPORTED_VERSION'
  | 'RETRY_NOT_LATEST_RUN'
  | 'RETRY_NOT_FAILED_RUN'
  | 'RETRY_NO_RUN_RESULTS'

/** Ends of sentences, for people. */
export const retryNotSupportedSentences: Record<RetryNotSupportedReason, string> = {
  RETRY_UNSUPPORTED_CMD: 'dbt retry cannot resume the command that failed.',
  RETRY_UNSUPPORTED_VERSION: 'dbt retry needs dbt 1.6 or newer.',
  RETRY_NOT_LATEST_RUN: 'it is not the latest run of its job.',
  RETRY_NOT_FAILED_RUN: 'it did not end in Error.',
  RETRY_NO_RUN_RESULTS: 'the failed step left no run_results.json.',
}
