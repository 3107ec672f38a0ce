import type { CommitFacts } from '../../domain/runs/commit-facts.ts'
import type { DbtPlan, RunPlan, SharedHold } from '../run-engine.ts'
import type { SteppedRun } from '../steps/take-steps.ts'
import type { ArtifactBudget } from './output/artifacts/artifact-budget.ts'
import type { FileStates } from './output/artifacts/collect-artifacts.ts'
import type { ProcessSettings, RunProcesses } from './processes/run-processes.ts'
import type { LastingPlace } from './profiles/duckdb/lasting-files.ts'
import type { ProjectFile } from './profiles/read/project-file.ts'
import type { DbtProgram } from './program/dbt-program.ts'
import type { Hands } from './users/hands.ts'
import type { Separation } from './users/separation.ts'
import type { Workspace } from './workspace.ts'

/** The runs of an engine share these. */
export interface EngineServices extends ProcessSettings {
  readonly baseEnvironment: Readonly<Record<string, string>>
  /** Programs that inherit no HOME get this one. */
  readonly home: string
  /** The workspaces of runs, by its real path. */
  readonly runsDir: string
  readonly defaultDbtCommand: string
  /** It is the same for all workers that share the data folder. */
  readonly dataFolderId: string
  /** Folders of this machine that repositories may name. */
  readonly projectRoots: readonly string[]
  /** Workers of other machines may take the same environment's runs. */
  readonly severalWorkers: boolean
  readonly separation: Separation
  /** Larger files of a target folder are not kept. */
  readonly maxArtifactBytes: number
}

/** A run while it is executed. What a step finds out stands here for the steps after it. */
export interface Run extends SteppedRun {
  readonly plan: RunPlan<DbtPlan>
  readonly services: EngineServices
  readonly workspace: Workspace
  readonly processes: RunProcesses
  readonly hands: Hands
  project: Project | undefined
  /** While it works in a folder that others work in, too. */
  folder: SharedHold | undefined
  profile: RunProfile | undefined
  /** It is known once a step needed it. */
  program: Promise<DbtProgram> | undefined
  /** dbt's version, as far as it was reported. */
  dbtVersion: string | undefined
  /** The files that the steps so far left in the target folder. */
  left: FileStates
  readonly budget: ArtifactBudget
}

export interface Checkout {
  readonly sha: string
  readonly branch: string | null
  readonly facts?: CommitFacts | undefined
}

/** It is known after the clone step. */
export interface Project {
  /** The dbt project lies in this folder, which is absolute and without links. */
  readonly dir: string
  readonly checkout: Checkout | undefined
  /** The real folder of a checkout, which links in it may not lead out of; undefined for a folder that is used in place. */
  readonly checkoutRoot: string | undefined
  /** Other runs work in this folder, too. */
  readonly shared: boolean
  /** The number of the checkout that the run works in; 0 for a folder that is used in place. */
  readonly slot: number
  /** It is for what must stay when a checkout is cleaned; a folder that is used in place has no need of it. */
  readonly lastingPlace: LastingPlace | undefined
  readonly projectFile: ProjectFile
  readonly packagesFolder: string
}

/** It is known after the profile step. */
export interface RunProfile {
  /** It is undefined where only dbt knows it. */
  readonly target: string | undefined
  /** The names that dbt is told to take, whatever its files say. */
  readonly told: { readonly profile: string | undefined; readonly target: string | undefined }
  /** Texts of a connection, secrets above all, under the names that the generated profiles.yml refers to. */
  readonly variables: Readonly<Record<string, string>>
}

/** The chain stops at the first failure, so that what an earlier step found out is always there. */
export function projectOf({ project }: Run): Project {
  if (project === undefined) throw new Error('No step has made the project available.')
  return project
}

export function profileOf({ profile }: Run): RunProfile {
  if (profile === undefined) throw new Error('No step has made the profile.')
  return profile
}
