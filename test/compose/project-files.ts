import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCompose, readEnvFile } from '../../scripts/stack/compose-file.mjs'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

export function inProject(...parts: string[]): string {
  return path.join(root, ...parts)
}

export function readText(...parts: string[]): string {
  return readFileSync(inProject(...parts), 'utf8')
}

/** Reads the compose file after `cp .env.example .env`. */
export function exampleCompose() {
  return readCompose(inProject('docker-compose.yml'), readEnvFile(inProject('.env.example')))
}
