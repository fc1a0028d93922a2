import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './command.js'

/** Returns the manifests in a file, or in all YAML and JSON files below a folder, as one YAML text. */
export function manifestsIn(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory()
  if (isFolder === undefined) throw new UsageError(`there is no file or folder ${path}`)
  const files = isFolder
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(?:ya?ml|json)$/.test(file))
        .sort()
        .map((file) => join(path, file))
    : [path]
  if (files.length === 0) throw new UsageError(`${path} has no .yaml, .yml or .json file`)
  return files.map((file) => readFileSync(file, 'utf8')).join('\n---\n')
}

/** Returns the only word of a command, which must be there. */
export function onlyWord(words: readonly string[], what: string): string {
  if (words.length !== 1) throw new UsageError(`expected one ${what}, got ${words.length}`)
  return words[0] as string
}
