import path from 'node:path'

/** The jobs of these tests by what they are for. Build is what a DAG runs unless it is told otherwise. */
export const jobIds = {
  build: 1,
  marts: 2,
  afterBeans: 3,
  afterBroken: 4,
  broken: 21,
  failsOnce: 22,
  seeds: 23,
  beans: 24,
  slow: 31,
  slowToo: 32,
}

/** These are the folders of the projects below; all but the first have the models of test/dags/models, too. */
export const projectFolders = ['coffee_roastery', 'trials', 'patience']

/** The DAGs run on this stratus.yml: the sample project, a copy that fails, and a slow one, which holds a file of its own. */
export function describeDagProjects(dir) {
  const environment = { name: 'Production', deployment_type: 'production', engine: 'dbt' }
  return {
    account: { id: 1, name: 'DAGs', run_slots: 4 },
    projects: [
      {
        id: 1,
        name: 'Coffee Roastery',
        path: path.join(dir, 'coffee_roastery'),
        environments: [
          {
            ...environment,
            id: 1,
            jobs: [
              { id: jobIds.build, name: 'Build', execute_steps: ['dbt build'], settings: { threads: 4 } },
              { id: jobIds.marts, name: 'Marts', execute_steps: ['dbt run --select marts'] },
              { id: jobIds.afterBeans, name: 'After beans', ...followUp(jobIds.beans) },
              { id: jobIds.afterBroken, name: 'After broken', ...followUp(jobIds.broken) },
            ],
          },
        ],
      },
      {
        id: 2,
        name: 'Trials',
        path: path.join(dir, 'trials'),
        environments: [
          {
            ...environment,
            id: 2,
            jobs: [
              { id: jobIds.broken, name: 'Broken', execute_steps: ['dbt build --select beans broken'] },
              { id: jobIds.failsOnce, name: 'Fails once', execute_steps: ['dbt run --select fails_once'] },
              { id: jobIds.seeds, name: 'Seeds', execute_steps: ['dbt seed'] },
              { id: jobIds.beans, name: 'Beans', execute_steps: ['dbt seed --select beans'] },
            ],
          },
        ],
      },
      {
        id: 3,
        name: 'Patience',
        path: path.join(dir, 'patience'),
        environments: [
          {
            ...environment,
            id: 3,
            // One of them is joined by a task that takes the newest run of its job, so nobody else may start it.
            jobs: [
              { id: jobIds.slow, name: 'Slow', execute_steps: ['dbt run --select slow'] },
              { id: jobIds.slowToo, name: 'Slow, too', execute_steps: ['dbt run --select slow'] },
            ],
          },
        ],
      },
    ],
  }
}

/** A job that the success of another one starts. */
function followUp(jobId) {
  return {
    execute_steps: ['dbt seed --select roasts'],
    job_completion_trigger_condition: { condition: { job_id: jobId, statuses: [10] } },
  }
}
