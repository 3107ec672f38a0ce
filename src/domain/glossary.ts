/**
 * The project's words, from what people define to what happens to a run. Each means one thing in code, comments, tables and docs,
 * so that a reader learns it once. A word that needs a second meaning gets another name. `docs/glossary.md` is made from this.
 */
export const glossary = {
  account: 'The outermost owner of everything: projects, tokens, run slots. Nothing of one account exists for another.',
  project: 'A dbt project with the place of its code: a folder or a git repository.',
  environment:
    'The settings of a project that its jobs run with: an engine, a connection or profile, variables, a git branch.',
  connection: 'The address and the settings of a warehouse. It belongs to an environment, a project or the account.',
  credentials: 'The user, the secrets and the target that an environment connects with.',
  job: 'A definition of steps, triggers and settings. It is never an entry of the queue: that is a run.',
  run: 'One execution of a job, queued by a trigger and ended by success, error or cancel.',
  step: 'One command of a run, such as `dbt build`, or a preparation such as cloning the repository.',
  node: 'A model, test, seed, snapshot, source or exposure of dbt that a step worked on.',
  artifact: 'A file that a step left below `target/`, such as `manifest.json`.',
  trigger: 'The reason that a run exists, with its cause and its overrides.',
  override: 'A setting that a trigger gives to one run in place of the setting of its job.',
  schedule: 'The times at which a job is triggered without a client.',
  retry: 'A run that resumes a failed run at its failed step. It is a run of its own.',
  deferral: 'The use of the state that another job or environment left, in place of building it.',
  token: 'A service token, by which a client is known. It stands for itself, since Stratus has no people.',
  permission: 'The right to one kind of operation. Permission sets, which tokens are given, hold several of them.',
  document: 'The content of a `stratus.yml`. Apply makes an account equal to it, and export writes it.',
  queue: 'The runs that wait, and the rules of who is next.',
  lane: 'The runs that may not overlap: those of one job, or of one pull request of a CI job. One of them executes at a time.',
  'run slot': 'The right of an account to execute one more run at the same time.',
  worker: 'A process, or a part of `serve`, that claims runs and executes them.',
  claim: 'The moment a worker takes a run from the queue, and the number that tells this taking from a later one.',
  lease:
    "The worker's hold on a claimed run. It ends unless it is renewed, and guards everything that the worker writes.",
  release:
    'The moment a run gives its lane and its run slot back. After a cancel it comes when the processes are gone.',
  reap: 'To end or requeue the run of a worker that stopped renewing its lease.',
  hold: 'The exclusive or shared use of something that runs cannot share freely, such as a DuckDB file.',
  'wake-up': 'A message that something changed. It only saves time: whoever misses it looks again soon.',
  executor: 'The part of a worker that carries out one claimed run, with an engine and a recorder.',
  engine: 'A way to execute a run: `dbt` starts dbt, `simulated` plays a scenario. It knows no database.',
  plan: 'Everything that an engine needs to know of one run, as data.',
  recorder: 'The part of a worker that writes down what an engine reports, in order and guarded by the lease.',
  scenario: 'The script of a simulated job: what its nodes do, and what fails.',
  guardian: "The process around each dbt process. It ends dbt's whole process group when the worker dies or freezes.",
  workspace: 'The folder with everything that Stratus makes for one claim of a run. It is removed when the run ends.',
  mirror: 'The local copy of a git repository that is fetched before each run.',
  checkout:
    "A folder of an environment with a commit's files. It stays after the run, so that dbt's partial parsing works.",
  'checkout slot': 'The number of a checkout within its environment. A run takes the first one that no other run has.',
  fault: 'A failure on demand that `stratus dev` plays to test its clients.',
} as const satisfies Readonly<Record<string, string>>
