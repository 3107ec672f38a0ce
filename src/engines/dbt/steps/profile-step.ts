import path from 'node:path'
import { isPlainName, plainNameExpected } from '../../../domain/text/plain-name.ts'
import type { StepEnd } from '../../run-engine.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import type { StepLog } from '../../steps/step-log.ts'
import type { Verdict } from '../profiles/choice/choice.ts'
import { type Judgement, judgeChoices } from '../profiles/choice/judge-choices.ts'
import { possibleOutputs } from '../profiles/choice/possible-outputs.ts'
import { holdDuckdbFiles, lastingOutputs, prepareFiles } from '../profiles/duckdb/hold-duckdb-files.ts'
import { type Lasting, lastingProfiles, withChanges } from '../profiles/duckdb/lasting-files.ts'
import type { ProfileOutput, ProfilesFile } from '../profiles/read/profiles-file.ts'
import { publicConnection } from '../profiles/read/public-connection.ts'
import { renderEnvVars } from '../profiles/read/render-env-vars.ts'
import { generateProfile, overrideSchema } from '../profiles/write/private-profiles.ts'
import { projectOf, type Run, type RunProfile } from '../run.ts'
import { environmentOf } from '../run-environment.ts'

/** A run's own profiles.yml holds this text and these outputs, through which dbt may write. */
interface Written {
  /** There is none for steps that need no profile. */
  readonly text: string | undefined
  readonly outputs: readonly ProfileOutput[]
  readonly lasting?: Lasting
}

/** Writes the run's own profiles.yml, and takes hold of the DuckDB files that it names. */
export async function profileStep(run: Run, log: StepLog): Promise<StepEnd> {
  log.begin()
  const { text, outputs, lasting } =
    run.plan.profile.kind === 'connection' ? await fromConnection(run, log) : await fromProject(run, log)
  const file = path.join(run.workspace.profiles, 'profiles.yml')
  const writing = text === undefined ? Promise.resolve() : run.hands.place(file, text)
  writing.catch(() => {}) // thrown below
  try {
    await holdDuckdbFiles(run, outputs, log)
    if (lasting !== undefined) await prepareFiles(run, lasting, log)
  } finally {
    await writing
  }
  return { status: 'success' }
}

async function fromConnection(run: Run, log: StepLog): Promise<Written> {
  const { profile: source, target = 'default', schema, threads } = run.plan
  if (source.kind !== 'connection') throw new Error('The profile of this run is of its project.')
  const { profile } = projectOf(run).projectFile
  const named = typeof profile === 'string' ? renderEnvVars(profile, environmentOf(run)) : undefined
  const name = named ?? 'stratus'
  const generated = generateProfile({ ...source, name, target, schema, threads })
  run.profile = { target, told: { profile: name, target }, variables: generated.variables }
  log.say(
    `Profile '${name}' was made from the connection ${source.connection.name} (${source.connection.type}), target '${target}'.`,
  )
  const { outputs, lasting } = await lastingOutputs(run, [generated.output])
  const [output = generated.output] = outputs
  const text = withChanges(generated.text, [name, 'outputs', target], generated.output, output)
  return { text, outputs, lasting }
}

async function fromProject(run: Run, log: StepLog): Promise<Written> {
  const judgement = await judgeChoices(run)
  const { own, others, obstacle, profiles } = judgement
  if (obstacle !== undefined) throw new StepFailure(obstacle)
  if (profiles === undefined) return withoutProfiles(run, judgement, log)

  const target = own.kind === 'known' ? own.target : undefined
  run.profile = { target, told: toldOf(run, own), variables: {} }
  if (own.kind === 'known') {
    const connection = publicConnection(own.name, own.shown, environmentOf(run))
    if (connection) await run.sink.report({ type: 'connectionSeen', connection })
    log.say(`Using profile '${own.name}', target '${own.target}' of ${profiles.file}.`)
  } else if (own.kind === 'unsure') {
    log.say(`What dbt takes of ${profiles.file} is left to dbt, which could not be asked (${own.reason}).`)
  }
  const text = textWithSchema(run, judgement, profiles, log)
  const outputs = [own, ...others].flatMap((verdict) => {
    if (verdict.kind === 'known') return [verdict.output]
    return verdict.kind === 'unsure' ? possibleOutputs(profiles) : []
  })
  const place = projectOf(run).lastingPlace
  if (place === undefined || profiles.doubt !== undefined) return { text, outputs }
  return {
    text: await lastingProfiles(text, profiles, place, environmentOf(run)),
    ...(await lastingOutputs(run, outputs)),
  }
}

/** Steps that need no profile run without one. */
function withoutProfiles(run: Run, { own }: Judgement, log: StepLog): Written {
  run.profile = { target: undefined, told: toldOf(run, own), variables: {} }
  if (own.kind === 'refused') log.say(own.reason)
  return { text: undefined, outputs: [] }
}

/** It has only what the run itself says: the rest dbt finds out by its own rules. */
function toldOf({ plan }: Run, own: Verdict): RunProfile['told'] {
  const profile = plan.profile.kind === 'project' ? plan.profile.profileName : undefined
  const isNone = plan.target === 'default' && !(own.kind === 'known' && own.target === 'default')
  return { profile, target: isNone ? undefined : plan.target }
}

function textWithSchema({ plan: { schema } }: Run, judgement: Judgement, profiles: ProfilesFile, log: StepLog): string {
  if (schema === undefined) return profiles.text
  const { own, text } = judgement
  if (own.kind !== 'known') throw new StepFailure(`The schema cannot be '${schema}': ${own.reason}`)
  if (!isPlainName(schema))
    throw new StepFailure(`The schema cannot be ${JSON.stringify(schema)}. ${plainNameExpected}`)
  log.say(`The schema is '${schema}' for this run.`)
  return text ?? overrideSchema(profiles.text, own, schema)
}
