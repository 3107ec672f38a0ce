// Run by `npm run test:full`, and in part by `npm test`; runs the tests of python/ with Airflow's own provider against the built program.
// Other arguments go to pytest.
import path from 'node:path'
import { binDir, root } from '../lib/paths.mjs'
import { runMain } from '../lib/plain-error.mjs'
import { passThrough } from '../lib/run-command.mjs'
import { setUp } from '../set-up/set-up.mjs'

await runMain(async () => {
  await setUp(['airflow'])
  const folder = path.join(root, 'python')
  const pytest = ['-m', 'pytest', '-q', '-p', 'pytest_stratus.plugin', '-p', 'no:cacheprovider']
  const env = {
    ...process.env,
    PYTHONPATH: path.join(folder, 'src'),
    PYTHONDONTWRITEBYTECODE: '1',
    STRATUS_COMMAND: `'${process.execPath}' '${path.join(root, 'dist/stratus.js')}'`,
  }
  const args = [...pytest, path.join(folder, 'tests'), ...process.argv.slice(2)]
  return await passThrough(path.join(binDir('airflow'), 'python'), args, { cwd: folder, env })
})
