export default async function globalTeardown() {
  await globalThis.stratusTestPostgres?.stop()
}
