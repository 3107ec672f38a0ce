import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { CommandError } from '../../domain/dbt-command/command-error.ts'
import { optionOf, parseDbtCommand } from '../../domain/dbt-command/dbt-command.ts'
import type { StepEnd } from '../run-engine.ts'
import type { StepLog } from '../steps/step-log.ts'
import { duckdbFilesOf } from './duckdb-files.ts'
import { generateProfile, overrideSchema } from './private-profiles.ts'
import { findProfilesFile, outputOf, type ProfileOutput, profileIn, targetOf } from './profiles-file.ts'
import { publicConnection } from './public-connection.ts'
import { renderEnvVars } from './render-env-vars.ts'
import { projectOf, type Run } from './run.ts'
import { environmentOf } from './run-environment.ts'
import { StepFailure } from './step-failure.ts'

/** What a run's own profiles.yml says, and the outputs of it that dbt may write through. */
interface Written {
  readonly text: string
  readonly outputs: readonly ProfileOutput[]
}

/** Writes the run's own profiles.yml, and takes hold of the DuckDB files that it names. */
export async function profileStep(run: Run, log: StepLog): Promise<StepEnd> {
  log.begin()
  const { text, outputs } =
    run.plan.profile.kind === 'connection' ? fromConnection(run, log) : await fromProject(run, log)
  const file = path.join(run.workspace.profiles, 'profiles.yml')
  const writing = writeFile(file, text, { mode: 0o600 })
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
  const named = projectOf(run).profileName ?? 'stratus'
  const name = renderEnvVars(named, environmentOf(run)) ?? named
  const generated = generateProfile({ ...source, name, target, schema, threads })
  run.profile = { name, target, secretVariables: generated.secretVariables }
  log.say(
    `Profile '${name}' was made from the connection ${source.connection.name} (${source.connection.type}), target '${target}'.`,
  )
  return { text: generated.text, outputs: Object.values(generated.profile.outputs) }
}

async function fromProject(run: Run, log: StepLog): Promise<Written> {
  const { plan } = run
  const project = projectOf(run)
  const variables = environmentOf(run)
  const named = plan.profile.kind === 'project' ? plan.profile.profileName : undefined
  const written = named ?? variables.DBT_PROFILE ?? project.profileName
  if (written === undefined) {
    throw new StepFailure(
      `dbt_project.yml in ${project.dir} names no profile: add a line like \`profile: my_profile\`.`,
    )
  }
  const name = renderEnvVars(written, variables) ?? written
  const profiles = await findProfilesFile(project.dir, variables)
  const profile = profileIn(profiles, name)
  const wanted = plan.target ?? variables.DBT_TARGET
  const target = targetOf(profile, wanted, variables)
  const own = outputOf(name, profile, target, profiles.file)
  const { schema } = plan
  const text = schema === undefined ? profiles.text : overrideSchema(profiles, name, profile, target, schema)
  run.profile = { name, target, secretVariables: {} }
  const connection = publicConnection(name, own, variables)
  if (connection) run.sink.connectionSeen(connection)
  log.say(`Using profile '${name}', target '${target}' of ${profiles.file}.`)
  if (schema !== undefined) log.say(`The schema is '${schema}' for this run.`)

  // A command may choose another profile or target for itself; one that does not exist is left to dbt to explain.
  const others = dbtCommandsOf(run).flatMap((command) => {
    const otherName = optionOf(command, '--profile') ?? name
    if (profiles.content[otherName] === undefined) return []
    const other = profileIn(profiles, otherName)
    const output = other.outputs[targetOf(other, optionOf(command, '--target') ?? wanted, variables)]
    return output === undefined ? [] : [output]
  })
  return { text, outputs: [own, ...others] }
}

/** The commands that can be understood; the others end their own step. */
function dbtCommandsOf({ plan }: Run) {
  return plan.steps.flatMap(({ command }) => {
    try {
      return command === undefined ? [] : [parseDbtCommand(command)]
    } catch (error) {
      if (error instanceof CommandError) return []
      throw error
    }
  })
}
