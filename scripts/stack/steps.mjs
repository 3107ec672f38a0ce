import { formatSeconds } from '../lib/progress.mjs'

/** Says what is done and counts it. */
export function createSteps(title) {
  console.log(`\n${title}`)
  const steps = { passed: 0 }
  return {
    steps,
    /** Does one thing that must succeed, and says how long it took. */
    async step(name, work) {
      const started = performance.now()
      const said = await work()
      steps.passed += 1
      console.log(`  ${name}: ${formatSeconds(performance.now() - started)}${said ? `, ${said}` : ''}`)
    },
  }
}
