import * as z from 'zod'

const header = z.object({
  stratus: z.string(),
  madeAt: z.string(),
  migrations: z.array(z.object({ version: z.number(), name: z.string(), checksum: z.string() })),
  keys: z.object({ known: z.array(z.string()), stored: z.array(z.string()) }),
  sequences: z.record(z.string(), z.string()),
  rows: z.record(z.string(), z.number()),
  artifacts: z.boolean(),
})

/** The first line of a backup. `keys` are the ids of secret keys, which tell nothing about the keys. */
export type BackupHeader = z.infer<typeof header>

/** These lines follow the header: each table's columns, its rows as texts, each stored file and its content in base64. */
const record = z.union([
  z.array(z.string().nullable()),
  z.string(),
  z.object({ table: z.string(), columns: z.array(z.string()) }),
  z.object({ file: z.string() }),
  z.object({ end: z.literal(true) }),
])

export type BackupRecord = z.infer<typeof record>

export function parseHeader(line: string): BackupHeader {
  return header.parse(JSON.parse(line))
}

export function parseRecord(line: string): BackupRecord {
  return record.parse(JSON.parse(line))
}
