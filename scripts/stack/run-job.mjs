import { program } from '../lib/paths.mjs'
import { outputOf } from '../lib/run-command.mjs'
import { stackDir } from './services.mjs'

/** `stratus run Build`, as whoever has this environment. */
export async function runJob(env) {
  await outputOf(process.execPath, [program, 'run', 'Build'], { cwd: stackDir, env })
}
