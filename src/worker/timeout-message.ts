import { humanizeSeconds } from '../domain/text/humanize-duration.ts'

/** dbt Cloud says it in this sentence. */
export function timeoutMessage(timeoutSeconds: number): string {
  return (
    `This run timed out after running for ${humanizeSeconds(timeoutSeconds)}, ` +
    `which exceeded the configured timeout of ${timeoutSeconds} seconds.`
  )
}
