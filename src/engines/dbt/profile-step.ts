import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import type { StepEnd } from '../run-engine.ts'
import type { StepLog } from '../steps/step-log.ts'
import { duckdbFilesOf } from './duckdb-files.ts'
import { generateProfile, overrideSchema } from './private-profiles.ts'
import type { Verdict } from './profiles/choice.ts'
import { type Judgement, judgeChoices } from './profiles/judge-choices.ts'
import { possibleOutputs } from './profiles/possible-outputs.ts'
import type { ProfileOutput, ProfilesFile } from './profiles-file.ts'
import { publicConnection } from './public-connection.ts'
import { renderEnvVars } from './render-env-vars.ts'
import { projectOf, type Run, type RunProfile } from './run.ts'
import { environmentOf } from './run-environment.ts'
import { StepFailure } from './step-failure.ts'

/** What a run's own profiles.yml says, and the outputs of it that dbt may write through. */
interface Written {
  /** None for steps that need no profile. */
  readonly text: string | undefined
  readonly outputs: readonly ProfileOutput[]
}

/** Writes the run's own profiles.yml, and takes hold of the DuckDB files that it names. */
export async function profileStep(run: Run, log: StepLog): Promise<StepEnd> {
  log.begin()
  const { text, outputs } =
    run.plan.profile.kind === 'connection' ? fromConnection(run, log) : await fromProject(run, log)
  const file = path.join(run.workspace.profiles, 'profiles.yml')
  const writing = text === undefined ? Promise.resolve() : writeFile(file, text, { mode: 0o600 })
  writing.catch(() => {}) // thrown below
  try {
    await holdDuckdbFiles(run, outputs, log)
  } finally {
    await writing
  }
  return { status: 'success' }
}

async function holdDuckdbFiles(run: Run, outputs: readonly ProfileOutput[], log: StepLog): Promise<void> {
  const { dir } = projectOf(run)
  const variables = environmentOf(run)
  const files = await Promise.all(outputs.map((output) => duckdbFilesOf(output, dir, variables)))
  // In one order for all runs, so that no two wait for each other.
  for (const file of [...new Set(files.flat())].sort()) {
    await run.sink.holdExclusively([`duckdb:${hostname()}:${file}`], (holder) => {
      log.say(`Waiting for run ${holder}, which uses the same DuckDB file ${file}.`)
      log.flush()
    })
  }
}

function fromConnection(run: Run, log: StepLog): Written {
  const { profile: source, target = 'default', schema, threads } = run.plan
  if (source.kind !== 'connection') throw new Error('The profile of this run is of its project.')
  const { profile } = projectOf(run).projectFile
  const named = typeof profile === 'string' ? renderEnvVars(profile, environmentOf(run)) : undefined
  const name = named ?? 'stratus'
  const generated = generateProfile({ ...source, name, target, schema, threads })
  run.profile = { target, told: { profile: name, target }, secretVariables: generated.secretVariables }
  log.say(
    `Profile '${name}' was made from the connection ${source.connection.name} (${source.connection.type}), target '${target}'.`,
  )
  return { text: generated.text, outputs: [generated.output] }
}

async function fromProject(run: Run, log: StepLog): Promise<Written> {
  const judgement = await judgeChoices(run)
  const { own, others, obstacle, profiles } = judgement
  if (obstacle !== undefined) throw new StepFailure(obstacle)
  if (profiles === undefined) return withoutProfiles(run, judgement, log)

  const target = own.kind === 'known' ? own.target : undefined
  run.profile = { target, told: toldOf(run, own), secretVariables: {} }
  if (own.kind === 'known') {
    const connection = publicConnection(own.name, own.shown, environmentOf(run))
    if (connection) run.sink.connectionSeen(connection)
    log.say(`Using profile '${own.name}', target '${own.target}' of ${profiles.file}.`)
  } else if (own.kind === 'unsure') {
    log.say(`What dbt takes of ${profiles.file} is left to dbt, which could not be asked (${own.reason}).`)
  }
  const text = textWithSchema(run, judgement, profiles, log)
  const outputs = [own, ...others].flatMap((verdict) => {
    if (verdict.kind === 'known') return [verdict.output]
    return verdict.kind === 'unsure' ? possibleOutputs(profiles) : []
  })
  return { text, outputs }
}

/** Steps that need no profile run without one. */
function withoutProfiles(run: Run, { own }: Judgement, log: StepLog): Written {
  run.profile = { target: undefined, told: toldOf(run, own), secretVariables: {} }
  if (own.kind === 'refused') log.say(own.reason)
  return { text: undefined, outputs: [] }
}

/** Only what the run itself says: the rest dbt finds out by its own rules. */
function toldOf({ plan }: Run, own: Verdict): RunProfile['told'] {
  const profile = plan.profile.kind === 'project' ? plan.profile.profileName : undefined
  const isNone = plan.target === 'default' && !(own.kind === 'known' && own.target === 'default')
  return { profile, target: isNone ? undefined : plan.target }
}

function textWithSchema({ plan: { schema } }: Run, judgement: Judgement, profiles: ProfilesFile, log: StepLog): string {
  if (schema === undefined) return profiles.text
  const { own, text } = judgement
  if (own.kind !== 'known') throw new StepFailure(`The schema cannot be '${schema}': ${own.reason}`)
  log.say(`The schema is '${schema}' for this run.`)
  return text ?? overrideSchema(profiles.text, own, schema)
}
