export default async function globalTeardown() {
  globalThis.stratusTestOpenapi?.remove()
  await globalThis.stratusTestPostgres?.stop()
}
