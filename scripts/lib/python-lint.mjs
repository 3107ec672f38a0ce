import path from 'node:path'
import { binDir } from './paths.mjs'

/** This command lints all Python of this repository. */
export const pythonLint = {
  file: path.join(binDir('airflow'), 'ruff'),
  args: ['check', '--no-cache', 'airflow-dags', 'bench', 'docker', 'python', 'src', 'test'],
}
