import { humanizeSeconds } from '../domain/text/humanize-duration.ts'

/** dbt Cloud's own sentence. */
export function timeoutMessage(timeoutSeconds: number): string {
  return (
    `This run timed out after running for ${humanizeSeconds(timeoutSeconds)}, ` +
    `which exceeded the configured timeout of ${timeoutSeconds} seconds.`
  )
}
