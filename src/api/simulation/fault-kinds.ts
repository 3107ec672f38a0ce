/** Each fault repeats what really went wrong for somebody. Its times and seconds count where a request names none. */
export const faultKinds = {
  run_not_found_after_create: {
    incident:
      'A run that was just made is not found: the trigger was answered by one database, the poll by its replica.',
    times: 1,
    seconds: 0,
  },
  lost_reply: {
    incident:
      'The run is made and its reply is lost, so that a client that tries again makes two (kestra-io/plugin-dbt #313, #314).',
    times: 1,
    seconds: 0,
  },
  rate_limited: {
    incident: 'dbt Cloud answers 429 to everything for five minutes once an account made too many requests.',
    times: 1,
    seconds: 300,
  },
  bad_gateway: {
    incident:
      'A burst of 502 or 503 while a run is polled, which failed tasks whose runs succeeded (apache/airflow #51801).',
    times: 3,
    seconds: 0,
  },
  slow_reads: {
    incident:
      'A poll takes longer than its client waits, which failed tasks whose runs succeeded (kestra-io/plugin-dbt #294).',
    times: 1,
    seconds: 10,
  },
  cut_connection: {
    incident: 'The connection is cut before the request is read, as when a load balancer is replaced.',
    times: 1,
    seconds: 0,
  },
  stuck_in_queue: {
    incident: 'No run leaves the queue, as in the incidents in which dbt Cloud had no capacity to start them.',
    times: 1,
    seconds: 60,
  },
  cancel_race: {
    incident: 'A cancel arrives when the run has just ended by itself, as at the deadline of an Airflow task.',
    times: 1,
    seconds: 30,
  },
} as const

export type FaultKind = keyof typeof faultKinds
export const faultKindNames = [
  'run_not_found_after_create',
  'lost_reply',
  'rate_limited',
  'bad_gateway',
  'slow_reads',
  'cut_connection',
  'stuck_in_queue',
  'cancel_race',
] as const satisfies readonly FaultKind[]
