import { ageOfDbt } from '../../domain/dbt-command/command-place.ts'
import { runnableCommand } from '../../domain/dbt-command/command-problem.ts'
import { withThreadsOption } from '../../domain/dbt-command/dbt-command.ts'
import { joinWords } from '../../domain/dbt-command/split-command.ts'
import type { PlannedStep } from '../../domain/runs/run-step.ts'
import { forEachParallel } from '../../util/for-each-parallel.ts'
import type { RunSink, StepEnd } from '../run-engine.ts'
import { reportNode } from '../steps/nodes/report-node.ts'
import { scrubContent } from '../steps/secrets/scrub-file.ts'
import { endsStep } from '../steps/step-failure.ts'
import type { SteppedRun } from '../steps/take-steps.ts'
import type { Clock } from './clock.ts'
import { openInvocation } from './files/invocation.ts'
import { findResumedNodes } from './graph/resumed-nodes.ts'
import type { Simulation } from './prepare-simulation.ts'
import { dbtScript } from './script/dbt-script.ts'
import { playScript } from './script/play-script.ts'
import { checkoutOf, cloneScript, profileScript } from './script/setup-scripts.ts'
import type { StepScript } from './script/step-script.ts'
import { readCommand } from './simulated-command.ts'
import { simulatedConnection } from './simulated-connection.ts'

/** One run on its way through its steps. */
export interface SimulatedRun extends SteppedRun {
  readonly clock: Clock
  /** Throws a StepFailure when the scenario is not one. */
  readonly simulate: () => Promise<Simulation>
  /** The scenario has a clock of its own: it goes on by what the steps take in the scenario, whatever the time scale. */
  scenarioTime: number
}

/** Plays one step and answers how it ended. */
export async function takeStep(run: SimulatedRun, step: PlannedStep): Promise<StepEnd> {
  return playStep(run, step).catch(async (error: unknown): Promise<StepEnd> => {
    if (!endsStep(error)) throw error
    await reportStart(run, step, step.command)
    await say(run, step, error.message)
    return { status: 'error', message: error.message }
  })
}

async function playStep(run: SimulatedRun, step: PlannedStep): Promise<StepEnd> {
  const simulation = await run.simulate()
  const { sink, secrets, signal } = run
  const script = await scriptFor(run, simulation, step)
  await reportStart(run, step, script.argv)
  if (step === run.plan.steps.find(({ command }) => command !== undefined))
    await sink.report({ type: 'dbtVersion', version: simulation.dbtVersion })
  const reachedMs = await playScript(script, {
    clock: run.clock,
    timeScale: simulation.scenario.time_scale ?? 1,
    signal,
    write: (stream, text) => sink.report({ type: 'log', step: step.index, stream, text: secrets.scrub(text) }),
    tell: (node) => reportNode(run, step.index, node),
  })
  const isStopped = reachedMs < script.endMs
  await forEachParallel(script.files(reachedMs), 8, ({ path, content }) =>
    sink.report({
      type: 'artifact',
      step: step.index,
      path,
      content: scrubContent(path, Buffer.from(content), secrets),
    }),
  )
  run.scenarioTime += reachedMs
  if (isStopped) {
    await say(run, step, 'The run was stopped.')
    return { status: 'cancelled' }
  }
  if (script.end.status === 'success') await tellAbout(step, simulation, sink)
  return script.end
}

async function reportStart(
  { sink, secrets }: SimulatedRun,
  step: PlannedStep,
  argv: string | undefined,
): Promise<void> {
  await sink.report({ type: 'stepStarted', step: step.index, ...(argv !== undefined && { argv: secrets.scrub(argv) }) })
}

async function say({ sink, secrets }: SimulatedRun, step: PlannedStep, sentence: string): Promise<void> {
  await sink.report({ type: 'log', step: step.index, stream: 'console', text: `${secrets.scrub(sentence)}\n` })
}

/** Tells what a real run would have found out in this step. */
async function tellAbout({ kind }: PlannedStep, simulation: Simulation, sink: RunSink): Promise<void> {
  const checkout = kind === 'clone' ? checkoutOf(simulation) : undefined
  if (checkout !== undefined) await sink.report({ type: 'checkedOut', ...checkout })
  const connection = kind === 'profile' ? simulatedConnection(simulation) : undefined
  if (connection !== undefined) await sink.report({ type: 'connectionSeen', connection })
}

async function scriptFor(run: SimulatedRun, simulation: Simulation, step: PlannedStep): Promise<StepScript> {
  if (step.kind === 'clone') return cloneScript(simulation, step, run.scenarioTime)
  if (step.kind === 'profile') return profileScript(simulation, step, run.scenarioTime)
  const written = runnableCommand(step.command ?? '', { dbt: ageOfDbt([simulation.dbtVersion]), roots: ['/'] })
  // A generated profile has the threads in it, as in a real run.
  const asked = run.plan.profile.kind === 'project' ? withThreadsOption(written, run.plan.threads) : written
  const command = readCommand(asked)
  const resumed = step.resumes
    ? await findResumedNodes(run.plan, run.sink, simulation.graph)
    : { ids: undefined, remark: undefined }
  const argv = resumed.ids === undefined ? joinWords(['dbt', ...asked.args]) : 'dbt retry'
  const remarks = [...(resumed.remark === undefined ? [] : [resumed.remark]), ...command.remarks]
  const call = { command: { ...command, remarks }, argv, startedAt: run.scenarioTime }
  return dbtScript(openInvocation(simulation, step, call), step, resumed.ids)
}
