import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { RawEnvironment } from '../../config/raw-environment.ts'
import type { StratusDocument } from '../../definitions/stratus-yml/schema/stratus-document.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { runProgram } from './run-program.ts'

/** A warehouse that sleeps takes a while to wake. */
const patienceMs = 60_000

interface Question {
  readonly subject: string
  readonly command: string
  readonly cwd: string
  readonly args: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** Has dbt say whether it finds the profile of each environment here and reaches its warehouse. */
export async function checkProfiles(document: StratusDocument, environment: RawEnvironment): Promise<Finding[]> {
  const questions = new Map(questionsOf(document).map((question) => [JSON.stringify(question), question]))
  const findings: Finding[] = []
  // One after another: two of them may name one DuckDB file.
  for (const question of questions.values()) findings.push(await ask(question, environment))
  return findings
}

/** An environment with a connection of its own is Stratus's affair, and a project that comes from git is not here. */
function questionsOf({ projects }: StratusDocument): Question[] {
  return projects.flatMap(({ name, path: cwd, environments }) =>
    (environments ?? []).flatMap(({ engine, connection, dbt, profile, ...rest }) => {
      if (!cwd || connection || (engine && engine !== 'dbt')) return []
      const target = profile?.target ? ['--target', profile.target] : []
      const given = Object.entries(rest.environment_variables ?? {})
      return [
        {
          subject: `profile of ${name} › ${rest.name}`,
          command: dbt?.command ?? 'dbt',
          cwd,
          args: ['debug', ...(profile?.name ? ['--profile', profile.name] : []), ...target],
          variables: Object.fromEntries(
            given.flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]])),
          ),
        },
      ]
    }),
  )
}

async function ask(question: Question, environment: RawEnvironment): Promise<Finding> {
  const { subject, command, cwd, args, variables } = question
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-doctor-'))
  try {
    const own = {
      DBT_LOG_PATH: folder,
      DBT_TARGET_PATH: folder,
      DBT_USE_COLORS: 'false',
      DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    }
    const env = { ...environment, ...variables, ...own }
    const { found, succeeded, timedOut, output } = await runProgram(command, args, { cwd, timeoutMs: patienceMs, env })
    // A dbt that is not there has a line of its own.
    if (!found) return warn(subject, 'not tried: there is no dbt', 'Install dbt, then ask again.')
    if (succeeded) return ok(subject, 'found, and its warehouse answers (dbt debug)')
    const again = `cd ${cwd} && ${[command, ...args].join(' ')}`
    if (timedOut) return warn(subject, `no answer of dbt debug within ${patienceMs / 1000} s`, `Look closer: ${again}`)
    return fail(subject, reasonIn(output), `Mend profiles.yml; to look closer: ${again}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The lines of dbt below "1 check failed:", else its last ones. */
export function reasonIn(output: string): string {
  const lines = output
    .slice(-20_000)
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\d {1,4}/, '').trimEnd())
    .filter((line) => line !== '')
  const failed = lines.findIndex((line) => /^\d{1,4} checks? failed:$/.test(line))
  const said = failed < 0 ? lines.slice(-3) : lines.slice(failed + 1, failed + 6)
  return said.join('\n') || 'dbt debug failed without a word'
}
