import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const FOLDER = resolve(import.meta.dirname, '../../../shared/conformance')

/**
 * A table of the conformance data beside the repository; undefined, with a word on what is missing, where it
 * is not there.
 */
export function sharedTable<T>(name: string): T | undefined {
  const path = resolve(FOLDER, name)
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T
  console.warn(`skipped: there is no ../shared/conformance/${name}`)
  return undefined
}
