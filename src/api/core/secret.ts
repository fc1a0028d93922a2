import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { semanticEqual } from '../kind/equal.js'
import { parseJson } from '../../lang/go/json.js'
import { fieldErrors, forbidden, invalid, required, tooLong, type FieldError } from '../field-error.js'
import { configKeyFaults } from '../validation/names.js'
import { base64Bytes } from './config-map.js'
import type { Secret } from './generated.js'

/** The type of Secrets that hold bootstrap tokens. */
export const BOOTSTRAP_TOKEN_TYPE = 'bootstrap.kubernetes.io/token'

const maxBytes = 1024 * 1024
const encoder = new TextEncoder()
const redacted = '<secret contents redacted>'

function toBase64(text: string): string {
  let binary = ''
  for (const byte of encoder.encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/**
 * Sets the default type Opaque, and moves stringData to data. Source: SetDefaults_Secret, the v1 conversion.
 */
function setDefaults(secret: Draft<Secret>): void {
  secret.type ??= 'Opaque'
  if (secret.stringData === undefined) return
  secret.data = { ...secret.data }
  for (const key in secret.stringData) secret.data[key] = toBase64(secret.stringData[key] ?? '')
  delete secret.stringData
}

function validate(secret: Secret): readonly FieldError[] {
  const errors = fieldErrors()
  let bytes = 0
  for (const key in secret.data) {
    for (const fault of configKeyFaults(key)) errors.push(invalid(`data[${key}]`, key, fault))
    bytes += base64Bytes(secret.data[key] ?? '')
  }
  if (bytes > maxBytes) errors.push(tooLong('data', maxBytes))
  return [...errors, ...validateType(secret)]
}

/** Required keys of well-known types. Source: pkg/apis/core/validation ValidateSecret. */
function validateType({ type, data = {}, metadata }: Secret): readonly FieldError[] {
  const needs = (key: string): readonly FieldError[] =>
    Object.hasOwn(data, key) ? [] : [required(`data[${key}]`)]
  switch (type) {
    case 'kubernetes.io/service-account-token': {
      const account = metadata.annotations?.['kubernetes.io/service-account.name'] ?? ''
      return account === '' ? [required('metadata.annotations[kubernetes.io/service-account.name]')] : []
    }
    case 'kubernetes.io/dockercfg':
      return [...needs('.dockercfg'), ...jsonFaults('.dockercfg', data)]
    case 'kubernetes.io/dockerconfigjson':
      return [...needs('.dockerconfigjson'), ...jsonFaults('.dockerconfigjson', data)]
    case 'kubernetes.io/basic-auth':
      return Object.hasOwn(data, 'username') || Object.hasOwn(data, 'password')
        ? []
        : [required('data[username]'), required('data[password]')]
    case 'kubernetes.io/ssh-auth':
      return needs('ssh-privatekey')
    case 'kubernetes.io/tls':
      return [...needs('tls.crt'), ...needs('tls.key')]
    default:
      return []
  }
}

function jsonFaults(key: string, data: Readonly<Record<string, string>>): readonly FieldError[] {
  const encoded = data[key]
  if (encoded === undefined) return []
  try {
    parseJson(new TextDecoder().decode(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))))
    return []
  } catch (error) {
    return [invalid(`data[${key}]`, redacted, error instanceof Error ? error.message : String(error))]
  }
}

const frozenText = 'field is immutable when `immutable` is set'

/** Source: ValidateSecretUpdate. */
function validateUpdate(next: Secret, old: Secret): readonly FieldError[] {
  const errors = fieldErrors()
  if (next.type !== old.type) errors.push(invalid('type', next.type, 'field is immutable'))
  if (old.immutable === true) {
    if (next.immutable !== true) errors.push(forbidden('immutable', frozenText))
    if (!semanticEqual(next.data, old.data)) errors.push(forbidden('data', frozenText))
  }
  return [...errors, ...validate(next)]
}

/**
 * Returns a warning with the error of Go's tls.X509KeyPair for a pair without a valid PEM block. The pair is
 * stored all the same. Source: pkg/registry/core/secret/strategy.go warningsForSecret.
 */
function warnings({ type, data = {} }: Secret): readonly string[] {
  if (type !== 'kubernetes.io/tls') return []
  for (const [key, what] of [
    ['tls.crt', 'certificate'],
    ['tls.key', 'key'],
  ] as const) {
    if (!atob(data[key] ?? '').includes('-----BEGIN '))
      return [`tls: failed to find any PEM data in ${what} input`]
  }
  return []
}

/** v1 Secret. */
export const secretDefinition: KindDefinition<Secret> = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  namespaced: true,
  storagePrefix: '/registry/secrets',
  setDefaults,
  validate,
  validateUpdate,
  strategy: { metaOnUpdate: [1, 1], warnings },
  columns: [
    nameColumn(),
    column('Type', ({ type }) => type ?? ''),
    column('Data', ({ data }) => Object.keys(data ?? {}).length),
    ageColumn(),
  ],
  selectableFields: { type: ({ type }) => type ?? '' },
})
