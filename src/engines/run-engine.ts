import type { Connection } from '../domain/environment.ts'
import type { Attempt } from '../domain/runs/attempt.ts'
import type { CommitFacts } from '../domain/runs/commit-facts.ts'
import type { NodeReport } from '../domain/runs/node-report.ts'
import type { RunLineage } from '../domain/runs/orchestrator.ts'
import type { PlannedStep } from '../domain/runs/run-step.ts'
import type { Content } from '../util/content.ts'

/** An engine needs only this to execute one run: it is data without handles. */
export interface RunPlan<Engine extends EnginePlan = EnginePlan> {
  readonly runId: number
  readonly accountId: number
  /** Counts the claims of this run, so that a second attempt never writes where the first did. */
  readonly claim: number
  readonly project: {
    readonly id: number
    readonly name: string
    readonly source: ProjectSource
    /** The dbt project lies in this folder below the source's root. */
    readonly subdirectory?: string
  }
  readonly environment: {
    readonly id: number
    readonly name: string
    /** `production`, `staging` or absent. */
    readonly type?: string
  }
  readonly engine: Engine
  readonly job: { readonly id: number; readonly name: string }
  readonly profile: ProfilePlan
  /** It is the trigger's override, else the job's, else the environment's; absent means the profile's own. */
  readonly target?: string
  readonly threads?: number
  /** The trigger's schema takes the place of the target's. */
  readonly schema?: string
  /** The steps that the run's settings ask for; an engine may plan others. */
  readonly steps: readonly PlannedStep[]
  /** Project, environment and job variables merged; names with DBT_ENV_SECRET are scrubbed from every output. */
  readonly environmentVariables: Readonly<Record<string, string>>
  readonly cause: string
  readonly causeCategory: string
  readonly pullRequest?: string
  /** OpenLineage's names of the runs that asked for this one. */
  readonly lineage?: RunLineage
  /** The run being retried: its failed command's run_results.json feeds `dbt retry`. */
  readonly retry?: { readonly runId: number; readonly runResultsKey: string }
  /** The job defers to this job or environment. */
  readonly deferral?: Deferral
}

/** The engine that is to execute the run, with what it alone has to know. */
export type EnginePlan = DbtPlan | SimulatedPlan

export interface DbtPlan {
  readonly kind: 'dbt'
  /** The dbt program; `dbt` on PATH if absent. */
  readonly command?: string
  /** The user of the operating system that the run is of; the worker's usual one if absent. */
  readonly runAs?: string
}

export interface SimulatedPlan {
  readonly kind: 'simulated'
  /** The job's scenario, else its environment's, with its files in it; absent: the usual one. */
  readonly scenario?: unknown
  /** Absent means the first. */
  readonly attempt?: Attempt
}

export interface Deferral {
  readonly kind: 'job' | 'environment'
  readonly id: number
}

export type ProjectSource =
  | { readonly kind: 'path'; readonly path: string }
  | GitSource
  /** A project without code, which can only be simulated. */
  | { readonly kind: 'none' }

export interface GitSource {
  readonly kind: 'git'
  readonly url: string
  /** Neither this nor a commit means the remote's default branch. */
  readonly branch?: string
  /** It wins over the branch. */
  readonly sha?: string
  /** The commit need not be held by a branch or a tag, as that of a pull request is not. */
  readonly anyCommit?: boolean
}

export type ProfilePlan =
  /** The project's own profiles.yml, found in dbt's order. */
  | { readonly kind: 'project'; readonly profileName?: string }
  | {
      readonly kind: 'connection'
      readonly connection: Connection
      /** Secret details by name, handed to dbt by environment variables only. */
      readonly secrets: Readonly<Record<string, string>>
    }

export type LogStream = 'console' | 'debug'

export interface StepEnd {
  readonly status: 'success' | 'error' | 'cancelled' | 'skipped'
  /** One line says what failed and where. */
  readonly message?: string
}

/** Something that this run alone may use, on all machines, until its release. */
export interface ExclusiveHold {
  readonly resource: string
  /** Gives it to others before that. */
  free(): Promise<void>
}

export type HoldMode = 'shared' | 'alone'

/** Something that several runs share, or one has alone, on all machines, until its release. */
export interface SharedHold {
  readonly isAlone: boolean
  /** Goes from having it alone to sharing it, with nobody in between. */
  share(): Promise<void>
  /** Gives it to others before the release. */
  free(): Promise<void>
}

/** Something that an engine tells of a run; `step` is the index of a step that it planned. */
export type RunEvent =
  /** The steps that the run will take, before anything else is told of them; more may be planned later. */
  | { readonly type: 'stepsPlanned'; readonly steps: readonly PlannedStep[] }
  /** `argv`: the command that is really run. */
  | { readonly type: 'stepStarted'; readonly step: number; readonly argv?: string }
  /** The text has its newlines, is as people should read it, and its secrets are scrubbed already. */
  | { readonly type: 'log'; readonly step: number; readonly stream: LogStream; readonly text: string }
  /** A file that the step left under `path`, relative to its target folder; told before the step's end. */
  | { readonly type: 'artifact'; readonly step: number; readonly path: string; readonly content: Content }
  /** `node.status` is `running`. */
  | { readonly type: 'nodeStarted'; readonly step: number; readonly node: NodeReport }
  /** May be told again, with more: what dbt writes at its end knows more than what it prints. Secrets are scrubbed. */
  | { readonly type: 'nodeFinished'; readonly step: number; readonly node: NodeReport }
  | { readonly type: 'stepFinished'; readonly step: number; readonly end: StepEnd }
  /** The commit and branch that were checked out. */
  | {
      readonly type: 'checkedOut'
      readonly sha: string
      readonly branch: string | null
      /** Absent for a folder that is used in place. */
      readonly facts?: CommitFacts | undefined
    }
  | { readonly type: 'dbtVersion'; readonly version: string }
  /** The warehouse that the project's own profile names, without secrets. */
  | { readonly type: 'connectionSeen'; readonly connection: Connection }

/** The things that an engine asks its worker for while a run executes. */
export interface RunResources {
  /**
   * Waits until this run alone holds one of the resources, the first that is free, and calls `onWait` once if it has
   * to. Rejects with the signal's reason when the run is stopped meanwhile.
   */
  holdExclusively(resources: readonly string[], onWait: (holderRunId: number) => void): Promise<ExclusiveHold>
  /** It is undefined when another run holds the resource. */
  tryToHold(resource: string): Promise<ExclusiveHold | undefined>
  /**
   * Waits until this run shares the resource, or has it alone, and calls `onWait` once if it has to. A run that shares it
   * must free its share before it wants to have it alone. Rejects as `holdExclusively` does.
   */
  holdShared(resource: string, mode: HoldMode, onWait: (holderRunId: number) => void): Promise<SharedHold>
  /**
   * Reads the text of an artifact of an earlier run; undefined when the store has it no more. Waits for a store that does not
   * answer and calls `onWait` once if it has to; rejects when that took too long.
   */
  fetchArtifact(storeKey: string, onWait: (reason: string) => void): Promise<string | undefined>
  /** The commit of the job's last run before this one that succeeded; undefined for none. */
  lastGoodCommit(): Promise<string | undefined>
}

/** An engine reports to it. */
export interface RunSink extends RunResources {
  /**
   * Takes the events of a run in the order of the calls. Resolves when more can be taken: whoever reports a log or an
   * artifact waits for it. Rejects when an artifact could not be stored, and never for a lost lease.
   */
  report(event: RunEvent): Promise<void>
}

/** Says why a run is stopped; the first reason wins. */
export type StopReason = 'cancel' | 'timeout' | 'lease lost' | 'shutdown'

/**
 * Says how a run ended by itself. A failing dbt is a result, never an exception; an exception means that
 * Stratus's own machinery failed. `stopped`: the signal was aborted and every process is gone.
 */
export type RunOutcome =
  | { readonly outcome: 'success' }
  | { readonly outcome: 'error'; readonly message: string }
  | { readonly outcome: 'stopped' }

export interface RunEngine {
  /** `signal.reason` is a StopReason. Resolves only when nothing that it started is alive. */
  execute(plan: RunPlan, sink: RunSink, signal: AbortSignal): Promise<RunOutcome>
  /** Tells the engine that the worker's lease on the run was renewed for `seconds` from now. */
  renew(runId: number, seconds: number): void
  /** Resolves when what an executed run left on this machine's disk is gone, or as good as gone: its slot is free then. */
  cleared(runId: number): Promise<void>
}
