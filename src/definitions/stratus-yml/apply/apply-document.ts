import { sql } from 'kysely'
import { advisoryLocks } from '../../../db/advisory-locks.ts'
import type { Db, Tx } from '../../../db/database.ts'
import { reserveIds } from '../../../db/reserve-ids.ts'
import type { SecretBox } from '../../../secrets/secret-box.ts'
import type { ApplyPolicy } from '../../projects/machine-policy.ts'
import { lookAround } from '../look/look-around.ts'
import { checkDocument, invalidDocument } from '../schema/check-document.ts'
import { problem } from '../schema/problem.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'
import { applyAccount } from './apply-account.ts'
import { applyEnvironment } from './apply-environment.ts'
import { applyJob } from './apply-job.ts'
import { applyProject } from './apply-project.ts'
import type { ApplyRun } from './apply-run.ts'
import { simulationProblems } from './apply-scenario.ts'
import { knownPlaces, loadCurrentState } from './current-state.ts'
import { listLeftOut } from './left-out.ts'
import { chosenIds } from './match/chosen-ids.ts'
import { matchTargets, type ProjectTarget } from './match/match-targets.ts'
import { numberNewOnes } from './match/number-new-ones.ts'
import { futureOf, referenceProblems } from './match/references.ts'
import { futureThings, hasNames, resolveNames } from './match/resolve-names.ts'
import type { ApplyPlan, PlanEntry } from './plan.ts'
import { policyProblems } from './policy-problems.ts'
import { prune } from './prune.ts'
import { shownAgain } from './shown-again.ts'
import { stepProblems } from './step-problems.ts'

export interface ApplyContext {
  readonly db: Db
  readonly secretBox: SecretBox
  readonly policy: ApplyPolicy
}

export interface ApplyOptions {
  readonly accountId: number
  /** Answers the plan and changes nothing. */
  readonly dryRun?: boolean
  /** Deletes what the named projects have beyond the document. */
  readonly prune?: boolean
}

/**
 * Makes the account equal to the document, in one transaction, and answers what that changed. Throws InvalidRequestError
 * with every mistake of the document. An account that does not exist yet is made.
 */
export async function applyDocument(ctx: ApplyContext, input: unknown, options: ApplyOptions): Promise<ApplyPlan> {
  const checked = checkDocument(input)
  if (!checked.ok) throw invalidDocument(checked.problems)
  const { document } = checked
  const known = await knownPlaces(ctx.db, options.accountId)
  const problems = [...(await policyProblems(document, ctx.policy, known)), ...simulationProblems(document)]
  const { errors, warnings } = await lookAround(document, ctx.policy)
  // Nothing is looked at that the policy refuses: nobody learns from here what this machine has.
  if (problems.length === 0) problems.push(...errors)
  const accountId = document.account?.id
  if (accountId && accountId !== options.accountId) {
    problems.push(
      problem(['account', 'id'], `got ${accountId}, expected ${options.accountId}, the account of this token`),
    )
  }
  if (problems.length > 0) throw invalidDocument(problems)
  if (!options.dryRun) await reserveChosenIds(ctx.db, document, options.accountId)
  const plan = await ctx.db.transaction().execute((tx) => applyInTransaction(tx, ctx, document, options))
  return { ...plan, warnings }
}

async function reserveChosenIds(db: Db, document: StratusDocument, accountId: number): Promise<void> {
  const chosen = chosenIds(document)
  await reserveIds(db, 'accounts', [accountId])
  await reserveIds(db, 'projects', chosen.projects)
  await reserveIds(db, 'environments', chosen.environments)
  await reserveIds(db, 'jobs', chosen.jobs)
}

async function applyInTransaction(
  tx: Tx,
  { secretBox, policy }: ApplyContext,
  document: StratusDocument,
  { accountId, dryRun = false, prune: pruning = false }: ApplyOptions,
): Promise<Omit<ApplyPlan, 'warnings'>> {
  // Not the account's row: claims lock that one, and would wait for as long as this takes.
  await sql`select pg_advisory_xact_lock(${advisoryLocks.apply})`.execute(tx)
  const state = await loadCurrentState(tx, accountId, document)
  const { targets: found, problems } = matchTargets(document, state)
  const { targets: matched, problems: masked } = shownAgain(found, state, secretBox)
  problems.push(...masked)
  const numbered = hasNames(matched) ? await numberNewOnes(tx, matched, dryRun) : matched
  const things = futureThings(numbered, state, pruning)
  const { targets, problems: unnamed } = resolveNames(numbered, things)
  problems.push(...unnamed)
  const future = futureOf(targets, state, pruning)
  problems.push(...referenceProblems(targets, state, future), ...(await stepProblems(tx, policy, targets)))
  if (problems.length > 0) throw invalidDocument(problems)
  const run: ApplyRun = { tx, secretBox, accountId, state, future, things, dryRun, entries: [] }
  await applyAccount(run, document.account)
  await applyProjects(run, targets)
  if (pruning) await prune(run, targets)
  return {
    dryRun,
    entries: inDocumentOrder(run.entries, document),
    leftOut: listLeftOut(targets, state, pruning),
  }
}

/** The account, then each project with all that is in it. */
function inDocumentOrder(entries: readonly PlanEntry[], document: StratusDocument): PlanEntry[] {
  const places = new Map(document.projects.map(({ name }, index) => [name, index]))
  const rank = ({ kind, name, within }: PlanEntry) => places.get(kind === 'project' ? name : (within[0] ?? '')) ?? -1
  return [...entries].sort((a, b) => rank(a) - rank(b))
}

/** Projects come first, each of them: a job may wait for a job of a project further down. */
async function applyProjects(run: ApplyRun, targets: readonly ProjectTarget[]): Promise<void> {
  const ids = new Map<ProjectTarget, number | undefined>()
  for (const target of targets) ids.set(target, await applyProject(run, target))
  const projectIdOf = (jobId: number): number => {
    const job = run.future.jobs.get(jobId)
    return (job?.project ? ids.get(job.project) : job?.projectId) ?? 0
  }
  for (const target of targets) {
    const project = { id: ids.get(target), name: target.input.name }
    for (const child of target.environments) {
      const id = await applyEnvironment(run, child, project)
      const environment = { id, name: child.input.name, project }
      for (const job of child.jobs) await applyJob(run, job, environment, projectIdOf)
    }
  }
}
