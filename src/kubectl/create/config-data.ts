import { quote } from '../../lang/go/quote.js'
import { bytesOfText, isText } from '../../lang/bytes/byte-text.js'
import { configKeyFaults } from '../../api/validation/names.js'
import { sha256Hex } from '../../lang/bytes/sha256.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { checkEnvName } from '../args/env-name.js'
import { KubectlError } from '../call/errors.js'
import { goJson } from '../print/json.js'
import { createGenerated, nameOf, optional } from './generate.js'
import { byKey } from '../../lang/text/order.js'

/**
 * `kubectl create configmap NAME --from-literal ... --from-file ...`. Source: kubectl
 * pkg/cmd/create/create_configmap.go.
 */
export const configmap: KubectlCommand = {
  name: 'configmap',
  aliases: ['cm'],
  run(call) {
    const name = nameOf(call)
    const data = new Map<string, string>()
    for (const [key, value] of entriesOf(call)) {
      const faults = configKeyFaults(key)
      if (faults.length > 0)
        throw new KubectlError(`${quote(key)} is not a valid key name for a ConfigMap: ${faults.join(',')}`)
      if (data.has(key))
        throw new KubectlError(
          `cannot add key ${quote(key)}, another key by that name already exists in Data for ` +
            `ConfigMap ${quote(name)}`,
        )
      data.set(key, value)
    }
    const entries = [...data].sort(byKey)
    const texts = Object.fromEntries(entries.filter(([, value]) => isText(value)))
    const binary = optional(
      'binaryData',
      Object.fromEntries(
        entries.filter(([, value]) => !isText(value)).map(([key, value]) => [key, toBase64(value)]),
      ),
    )
    const suffix = call.flags.bool('append-hash')
      ? `-${hashOf({ ...binary, data: texts, kind: 'ConfigMap', name })}`
      : ''
    createGenerated(
      call,
      {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { name: name + suffix },
        ...optional('data', texts),
        ...binary,
      },
      'failed to create configmap:',
    )
  },
}

/**
 * `kubectl create secret generic|tls|docker-registry NAME`. Source: kubectl pkg/cmd/create/create_secret*.go.
 */
export const secret: KubectlCommand = {
  name: 'secret',
  commands: [
    { name: 'generic', run: (call) => createSecret(call, call.flags.string('type'), entriesOf(call)) },
    { name: 'tls', run: (call) => createSecret(call, 'kubernetes.io/tls', keyPair(call)) },
    {
      name: 'docker-registry',
      run: (call) => createSecret(call, 'kubernetes.io/dockerconfigjson', dockerConfig(call)),
    },
  ],
}

function createSecret(call: CommandLine, type: string, entries: readonly Entry[]): void {
  const name = nameOf(call)
  const data = new Map<string, string>()
  for (const [key, value] of entries) {
    const faults = configKeyFaults(key)
    if (faults.length > 0)
      throw new KubectlError(`${quote(key)} is not valid key name for a Secret ${faults.join(';')}`)
    if (data.has(key))
      throw new KubectlError(`cannot add key ${key}, another key by that name already exists`)
    data.set(key, toBase64(value))
  }
  const sorted = Object.fromEntries([...data].sort(byKey))
  const suffix = call.flags.bool('append-hash')
    ? `-${hashOf({ data: sorted, kind: 'Secret', name, type })}`
    : ''
  createGenerated(
    call,
    {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: name + suffix },
      ...optional('data', sorted),
      ...optional('type', type),
    },
    'failed to create secret',
  )
}

/** Encodes a text's UTF-8 in base64. */
export function toBase64(text: string): string {
  return btoa([...bytesOfText(text)].map((byte) => String.fromCharCode(byte)).join(''))
}

function keyPair(call: CommandLine): readonly Entry[] {
  const [cert, key] = [call.flags.string('cert'), call.flags.string('key')]
  if (cert === '' || key === '') throw new KubectlError('key and cert must be specified')
  const [certificate, privateKey] = [fileText(call, cert), fileText(call, key)]
  if (!/-----BEGIN CERTIFICATE-----/.test(certificate))
    throw new KubectlError('tls: failed to find any PEM data in certificate input')
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(privateKey))
    throw new KubectlError('tls: failed to find any PEM data in key input')
  return [
    ['tls.crt', certificate],
    ['tls.key', privateKey],
  ]
}

function fileText(call: CommandLine, path: string): string {
  const text = call.files.text(path)
  if (text === undefined)
    throw new KubectlError(`Cannot read file ${path}, open ${path}: no such file or directory`)
  return text
}

function dockerConfig(call: CommandLine): readonly Entry[] {
  const { flags } = call
  const paths = flags.strings('from-file')
  const [server, username, password, email] = ['server', 'username', 'password', 'email'].map((name) =>
    flags.string(`docker-${name}`),
  )
  if (paths.length > 0) return paths.flatMap((path) => fromFile(call, path))
  if (server === '' || username === '' || password === '') {
    throw new KubectlError(
      'either --from-file or the combination of --docker-username, --docker-password and ' +
        '--docker-server is required',
    )
  }
  const login = { username, password, ...optional('email', email), auth: toBase64(`${username}:${password}`) }
  return [['.dockerconfigjson', goJson({ auths: { [server as string]: login } }, '', '', true)]]
}

/** One entry of a ConfigMap or a Secret. */
export type Entry = readonly [key: string, value: string]

/**
 * The entries that `--from-literal`, `--from-file` and `--from-env-file` name, in this order. Throws
 * KubectlError. Source: kubectl pkg/util.
 */
function entriesOf(call: CommandLine): readonly Entry[] {
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

/** Parses `key=value`. Source: util.ParseLiteralSource. */
function fromLiteral(source: string): Entry {
  const at = source.indexOf('=')
  if (at <= 0) throw new KubectlError(`invalid literal source ${source}, expected key=value`)
  return [source.slice(0, at), source.slice(at + 1)]
}

/** Reads `path`, `key=path`, or a folder whose files all become entries. Source: util.ParseFileSource. */
function fromFile(call: CommandLine, source: string): readonly Entry[] {
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
 * Reads lines of `KEY=value`; a bare key takes its value from the environment, if it is set. Source:
 * util.AddFromEnvFile.
 */
function fromEnvFile(call: CommandLine, path: string): readonly Entry[] {
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

const LETTERS: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

/**
 * The suffix of `--append-hash`: ten digits of the content's SHA-256, with letters and digits replaced that
 * could form words. Source: kubectl pkg/util/hash.
 */
function hashOf(content: object): string {
  return sha256Hex(goJson(content))
    .toLowerCase()
    .slice(0, 10)
    .replaceAll(/[013ae]/g, (digit) => LETTERS[digit] ?? digit)
}
