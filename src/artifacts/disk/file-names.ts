import path from 'node:path'

/** Every stored file ends in .gz and no folder does, so that a file and a folder of one name never meet. */
export function fileOf(root: string, key: string): string {
  const parts = key.split('/')
  const name = parts.pop() ?? ''
  const file = path.resolve(root, ...parts.map(folderName), name === '' ? '' : `${name}.gz`)
  if (file !== root && !file.startsWith(root + path.sep)) throw new Error(`The key ${key} leaves the store.`)
  return file
}

/** A mark behind those that end like a file, and behind those that end like one with its mark. */
function folderName(part: string): string {
  return /\.gz~*$/.test(part) ? `${part}~` : part
}

/** The part of a key that a folder's name means. */
export function keyOfFolder(name: string): string {
  return /\.gz~+$/.test(name) ? name.slice(0, -1) : name
}

/** The last part of a key that a file's name means; undefined when it is no stored file. */
export function keyOfFile(name: string): string | undefined {
  return name.endsWith('.gz') ? name.slice(0, -'.gz'.length) : undefined
}
