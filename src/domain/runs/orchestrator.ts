import * as z from 'zod'

/** A run's cause may say that a task of Airflow asked for it. */
export interface Orchestrator {
  /** It is null when the parent in OpenLineage's words is not named `<dag>.<task>`. */
  readonly dag_id: string | null
  readonly task_id: string | null
  /** It is null when the cause is Airflow's sentence, which has no ids of runs. */
  readonly lineage: RunLineage | null
}

export interface RunLineage {
  /** The run of the task. */
  readonly parent: LineageRun
  /** The run of the DAG; null when it was left out, as the provider does when the cause would be too long. */
  readonly root: LineageRun | null
}

/** A run as OpenLineage names it. */
export interface LineageRun {
  readonly namespace: string
  readonly job_name: string
  readonly run_id: string
}

/** Reads the causes that Airflow's dbt Cloud provider sends; undefined for every other one. */
export function orchestratorOf(cause: string): Orchestrator | undefined {
  return ofSentence(cause) ?? ofLineage(cause)
}

/** One that the provider had to cut at 255 characters does not match, because its DAG's name may be cut, too. */
const sentence =
  /^Triggered via Apache Airflow by task (?<quote>['"])(?<task>[\p{L}\p{N}_.-]+)\k<quote> in the (?<dag>[\p{L}\p{N}_.-]+) DAG\.$/u

function ofSentence(cause: string): Orchestrator | undefined {
  const { dag, task } = sentence.exec(cause)?.groups ?? {}
  return dag === undefined || task === undefined ? undefined : { dag_id: dag, task_id: task, lineage: null }
}

// Characters that cannot be printed could be neither stored nor handed to a program.
const printable = z.string().regex(/^[^\p{C}]{1,255}$/u)

const lineageRun = z
  .object({ run: z.object({ runId: printable }), job: z.object({ namespace: printable, name: printable }) })
  .transform(({ run, job }): LineageRun => ({ namespace: job.namespace, job_name: job.name, run_id: run.runId }))

const parentFacet = z.object({ parent: lineageRun, root: lineageRun.nullish() })

function ofLineage(cause: string): Orchestrator | undefined {
  const { success, data } = parentFacet.safeParse(parsed(cause))
  if (!success) return undefined
  const lineage = { parent: data.parent, root: data.root ?? null }
  return { ...taskOf(lineage), lineage }
}

function parsed(cause: string): unknown {
  if (!cause.startsWith('{')) return undefined
  try {
    return JSON.parse(cause)
  } catch {
    // Somebody's sentence that begins with a brace.
    return undefined
  }
}

/** A job is `<dag>.<task>`. Either may have dots; those of tasks, from task groups, are the usual ones. */
function taskOf({ parent, root }: RunLineage): { dag_id: string | null; task_id: string | null } {
  const name = parent.job_name
  const dag = root !== null && name.startsWith(`${root.job_name}.`) ? root.job_name : (name.split('.')[0] ?? '')
  const task = name.slice(dag.length + 1)
  return dag === '' || task === '' ? { dag_id: null, task_id: null } : { dag_id: dag, task_id: task }
}
