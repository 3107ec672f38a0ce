import { SetupError } from '../../domain/errors.ts'
import { checksum, type Ledger } from './ledger.ts'
import type { Migrations } from './migration.ts'

/** Gives what the database lacks. Throws a SetupError when this program cannot bring its schema up to date. */
export function pendingMigrations(ledger: Ledger, migrations: Migrations): Migrations {
  assertNotNewer(ledger, migrations)
  assertUnchanged(ledger, migrations)
  return missingMigrations(ledger, migrations)
}

/** The same of a schema that may be newer than this program. */
export function missingMigrations(ledger: Ledger, { numbered, repeatable }: Migrations): Migrations {
  return {
    numbered: numbered.filter(({ version }) => !ledger.numbered.some((row) => row.version === version)),
    repeatable: repeatable.filter(({ name, sql }) => !textsOf(ledger, name).includes(checksum({ sql }))),
  }
}

/** A newer Stratus has a migration of its own, a function of its own, or another text where this program's was before. */
function assertNotNewer(ledger: Ledger, { numbered, repeatable }: Migrations): void {
  const newest = numbered.at(-1)?.version ?? 0
  const newer =
    ledger.numbered.find(({ version }) => version > newest) ??
    ledger.repeatable.find(({ name }) => {
      const known = repeatable.find((one) => one.name === name)
      return known === undefined || textsOf(ledger, name).slice(0, -1).includes(checksum(known))
    })
  if (newer === undefined) return
  const what =
    'version' in newer
      ? `migration ${newer.name}, which this Stratus does not know`
      : `a newer ${newer.name} than this Stratus`
  throw new SetupError(`The database has ${what}: it was made by a newer Stratus. Start that one.`)
}

function assertUnchanged(ledger: Ledger, { numbered }: Migrations): void {
  for (const row of ledger.numbered) {
    const known = numbered.find((migration) => migration.version === row.version)
    if (known && checksum(known) !== row.checksum) {
      throw new SetupError(`Migration ${row.name} was changed after it had been applied to this database.`)
    }
  }
}

/** The checksums of its texts so far; the last one is what the database has. */
function textsOf(ledger: Ledger, name: string): string[] {
  return ledger.repeatable.filter((row) => row.name === name).map((row) => row.checksum)
}
