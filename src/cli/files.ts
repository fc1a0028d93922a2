import { isRelease, newestMinor, oldestMinor } from '../api/releases.js'
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { parseManifests } from '../api/manifests.js'
import { ClusterSnapshot } from '../cluster/storage/snapshot.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import type { CommandArguments } from './command.js'
import { UsageError } from './command.js'

/**
 * Returns the manifests in a file, in all YAML and JSON files below a folder, or on standard input (`-`), as
 * one YAML text.
 */
export function manifestsIn(path: string): string {
  if (path === '-') return checkedText('standard input', stdinText())
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory()
  if (isFolder === undefined) throw new UsageError(`there is no file or folder ${path}`)
  const files = isFolder
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(?:ya?ml|json)$/.test(file))
        .sort()
        .map((file) => join(path, file))
        .filter((file) => isManifestOf(path, file))
    : [path]
  if (files.length === 0) throw new UsageError(`${path} has no .yaml, .yml or .json file`)
  return files.map(manifestIn).join('\n---\n')
}

/** Bytes of a file of manifests. */
const MOST_BYTES = 256 * 1024 * 1024

/** Whether a path below a folder is a file. @throws UsageError for a link that leads out of the folder */
function isManifestOf(folder: string, file: string): boolean {
  const real = realpathSync(file)
  if (!real.startsWith(realpathSync(folder) + sep))
    throw new UsageError(`${file} is a link out of ${folder}, to ${real}; name that file itself`)
  return !statSync(real).isDirectory()
}

/** @throws UsageError that names the file, if it is not YAML or JSON */
function manifestIn(file: string): string {
  const found = statSync(file)
  // a device or pipe may have no end
  if (!found.isFile()) throw new UsageError(`${file} is no regular file`)
  if (found.size > MOST_BYTES) throw new UsageError(`${file} has more than ${MOST_BYTES} bytes`)
  return checkedText(file, readFileSync(file, 'utf8'))
}

/** Returns what is on standard input. @throws UsageError if nothing is, or it has been read already */
export function stdinText(): string {
  const text = readFileSync(0, 'utf8')
  if (text.trim() === '') throw new UsageError('-: standard input is empty, or - was written twice')
  return text
}

function checkedText(file: string, text: string): string {
  try {
    parseManifests(text)
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message.trim() : String(error)}`)
  }
  return text
}

/** Returns what a file of a flag holds. @throws UsageError that names the flag, if there is no such file */
export function fileOf(flag: string, path: string): Buffer {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new UsageError(`--${flag} ${path}: there is no such file`)
  if (found.isDirectory()) throw new UsageError(`--${flag} ${path}: this is a folder; name a file`)
  return readFileSync(path)
}

/** @throws UsageError that names the flag, if no file can be written there: no such folder, or it is one */
export function checkWritten(flag: string, path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`--${flag} ${path}: this is a folder; name a file`)
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`--${flag} ${path}: there is no folder ${dirname(path)}`)
}

/** Returns the cluster in the file of `--snapshot`. @throws UsageError if it is not a snapshot */
export function snapshotIn(path: string): SimCluster {
  const file = fileOf('snapshot', path)
  try {
    return SimCluster.restore(ClusterSnapshot.fromFile(file))
  } catch (error) {
    throw new UsageError(`--snapshot ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Creates the cluster of `--nodes` and `--version`. */
export function newCluster({ nodes, version }: CommandArguments['flags']): SimCluster {
  return new SimCluster({
    nodes: wholeNumber('nodes', typeof nodes === 'string' ? nodes : '3'),
    ...(typeof version === 'string' ? { version } : {}),
  })
}

/** Returns the only word of a command, which must be there. */
export function onlyWord(words: readonly string[], what: string): string {
  if (words.length !== 1) throw new UsageError(`expected one ${what}, got ${words.length}`)
  return words[0] as string
}

/** Returns the value of a flag that has one. */
export const textOf = (flags: CommandArguments['flags'], name: string): string | undefined => {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

/** Returns the values of flags by their names; those that are not given are left out. */
export const textsOf = <Name extends string>(
  flags: CommandArguments['flags'],
  names: readonly Name[],
): Partial<Record<Name, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = textOf(flags, name)
      return value === undefined ? [] : [[name, value]]
    }),
  ) as Partial<Record<Name, string>>

/** Reads the value of a flag that is a whole number. @throws UsageError if it is not, or below `least` */
export function wholeNumber(flag: string, text: string, least = 0): number {
  if (!/^\d{1,15}$/.test(text) || Number(text) < least)
    throw new UsageError(`--${flag} ${text}: write a whole number${least > 0 ? ` from ${least} up` : ''}`)
  return Number(text)
}

/** Returns the value of a flag that is a Kubernetes version. @throws UsageError if it is not */
export function releaseIn(flags: CommandArguments['flags'], flag = 'version'): string | undefined {
  const version = textOf(flags, flag)
  return version === undefined ? undefined : checkedRelease(flag, version)
}

/** Returns a version that a cluster can have. @throws UsageError if it cannot */
export function checkedRelease(flag: string, version: string): string {
  if (!isRelease(version))
    throw new UsageError(`--${flag} ${version}: write a release from v1.${oldestMinor} to v1.${newestMinor}`)
  return version
}
