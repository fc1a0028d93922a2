import { configKeyFaults } from '../../api/names.js'
import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { goJson } from '../print/json.js'
import { createGenerated, nameOf, optional } from './generate.js'
import { hashOf } from './hash.js'
import type { Entry } from './sources.js'
import { entriesOf, fromFile } from './sources.js'
import { bytesOfText } from '../../api/byte-text.js'

/**
 * `kubectl create secret generic|tls|docker-registry NAME`. Source: kubectl pkg/cmd/create/create_secret*.go.
 */
export const secret: Command = {
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

function createSecret(call: Call, type: string, entries: readonly Entry[]): void {
  const name = nameOf(call)
  const data = new Map<string, string>()
  for (const [key, value] of entries) {
    const faults = configKeyFaults(key)
    if (faults.length > 0)
      throw new KubectlError(`${JSON.stringify(key)} is not valid key name for a Secret ${faults.join(';')}`)
    if (data.has(key))
      throw new KubectlError(`cannot add key ${key}, another key by that name already exists`)
    data.set(key, toBase64(value))
  }
  const sorted = Object.fromEntries([...data].sort(([a], [b]) => (a < b ? -1 : 1)))
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

/** Base64 of a text's UTF-8. */
export function toBase64(text: string): string {
  return btoa([...bytesOfText(text)].map((byte) => String.fromCharCode(byte)).join(''))
}

function keyPair(call: Call): readonly Entry[] {
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

function fileText(call: Call, path: string): string {
  const text = call.files.text(path)
  if (text === undefined)
    throw new KubectlError(`Cannot read file ${path}, open ${path}: no such file or directory`)
  return text
}

function dockerConfig(call: Call): readonly Entry[] {
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
