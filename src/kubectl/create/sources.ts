import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { checkEnvName } from '../env-name.js'

/** One entry of a ConfigMap or a Secret. */
export type Entry = readonly [key: string, value: string]

/**
 * The entries that `--from-literal`, `--from-file` and `--from-env-file` name, in this order. Throws
 * KubectlError. Source: kubectl pkg/util.
 */
export function entriesOf(call: Call): readonly Entry[] {
  const { flags } = call
  const [literals, paths, envFiles] = [
    flags.strings('from-literal'),
    flags.strings('from-file'),
    flags.strings('from-env-file'),
  ]
  if (envFiles.length > 0 && (paths.length > 0 || literals.length > 0)) {
    throw new KubectlError('from-env-file cannot be combined with from-file or from-literal')
  }
  return [
    ...paths.flatMap((path) => fromFile(call, path)),
    ...literals.map(fromLiteral),
    ...envFiles.flatMap((path) => fromEnvFile(call, path)),
  ]
}

/** `key=value`, whose value may have quotes around it. Source: util.ParseLiteralSource. */
function fromLiteral(source: string): Entry {
  const at = source.indexOf('=')
  if (at <= 0) throw new KubectlError(`invalid literal source ${source}, expected key=value`)
  return [source.slice(0, at), source.slice(at + 1)]
}

/** `path`, `key=path`, or a folder whose files all become entries. Source: util.ParseFileSource. */
export function fromFile(call: Call, source: string): readonly Entry[] {
  const [key, path] = keyAndPath(source)
  const text = call.files.text(path)
  if (text !== undefined) return [[key, text]]
  const inside = call.files.inFolder(path)
  if (inside.length === 0) throw new KubectlError(`error reading ${path}: no such file or directory`)
  if (source.includes('=')) throw new KubectlError('cannot give a key name for a directory path')
  return inside.map(({ source: name, text: content }): Entry => [
    name.slice(name.lastIndexOf('/') + 1),
    content,
  ])
}

function keyAndPath(source: string): readonly [key: string, path: string] {
  const parts = source.split('=')
  if (parts.length > 2) throw new KubectlError("key names or file paths cannot contain '='")
  const [first = '', path] = parts
  if (path === undefined) return [first.slice(first.lastIndexOf('/') + 1), first]
  if (first === '') throw new KubectlError(`key name for file path ${path} missing`)
  if (path === '') throw new KubectlError(`file path for key name ${first} missing`)
  return [first, path]
}

/**
 * Lines `KEY=value`; a key alone takes the value of the environment, if there is one. Source:
 * util.AddFromEnvFile.
 */
function fromEnvFile(call: Call, path: string): readonly Entry[] {
  const text = call.files.text(path)
  if (text === undefined) throw new KubectlError(`error reading ${path}: no such file or directory`)
  return text.split(/\r?\n/).flatMap((raw): Entry[] => {
    const line = raw.trimStart()
    if (line === '' || line.startsWith('#')) return []
    const at = line.indexOf('=')
    const key = at < 0 ? line : line.slice(0, at)
    checkEnvName(key)
    if (at >= 0) return [[key, line.slice(at + 1)]]
    const value = call.options.env?.[key] ?? ''
    return value === '' ? [] : [[key, value]]
  })
}
