import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { DecodeError } from '../../lang/json/decode-error.js'
import { decode } from '../../api/schema/decode.js'
import type { Message } from '../../api/schema/types.js'
import { invalid as invalidField } from '../../api/field-error.js'
import { badRequest, invalid } from '../errors.js'
import type { RegistryRequest } from './context.js'
import { warn } from './context.js'
import type { Resources } from './resources.js'

/** The kind that a body must have. */
export interface ExpectedKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly message: Message
}

/** `Pod in version "v1" cannot be handled as a Pod: <why>` */
export function cannotHandle(kind: string, version: string, expected: string, why: string): string {
  return `${kind} in version "${version}" cannot be handled as a ${expected}: ${why}`
}

/** The scheme in which Go looks up kinds, as error texts name it. */
export const NO_KIND_SCHEME = 'pkg/api/legacyscheme/scheme.go:30'

/** The scheme that a group's kinds are looked up in, as Go names it. */
export const schemeOf = (group: string): string =>
  group === 'apiextensions.k8s.io'
    ? 'k8s.io/apiextensions-apiserver/pkg/apiserver/apiserver.go:55'
    : NO_KIND_SCHEME

/**
 * Returns the text of a decoding error for strategic patches and apply, which upstream decodes with a
 * converter that has its own texts. Source: apimachinery pkg/runtime/converter.go.
 */
export function restoreText(why: string): string {
  const match = /^json: cannot unmarshal (\S+)(?!\S).* of type (\S+)$/.exec(why)
  if (match === null) return why
  const found = match[1] === 'object' ? 'map' : match[1] === 'number' ? 'int64' : (match[1] as string)
  const wanted = match[2] as string
  if (wanted.startsWith('[]')) return `cannot restore slice from ${found}`
  if (wanted.startsWith('map[')) return `cannot restore map from ${found}`
  return /^v1\.[A-Z]/.test(wanted)
    ? `cannot restore struct from: ${found}`
    : `cannot convert ${found} to ${wanted}`
}

/**
 * Decodes a request body as an object of the expected kind: checks apiVersion and kind, types, and unknown
 * fields (as fieldValidation says). Returns a fresh draft, which shares the parts of `like` (a stored object)
 * that the body has in the same places. Throws ApiError 400.
 */
export function decodeBody<T extends KubeObject = KubeObject>(
  call: RegistryRequest,
  resources: Resources,
  body: unknown,
  expected: ExpectedKind,
  like?: KubeObject,
): Draft<T> {
  const apiVersion = expected.group === '' ? expected.version : `${expected.group}/${expected.version}`
  checkKind(resources, body, expected, apiVersion)
  const fail = (why: string): Error =>
    badRequest(cannotHandle(expected.kind, expected.version, expected.kind, why))
  try {
    const { object: decoded, unknownFields } = decode<Record<string, unknown>>(expected.message, body, {
      like,
    })
    reportFields(call, unknownFields, fail)
    // the body may be the stored object itself
    const object = Object.isFrozen(decoded) ? { ...decoded } : decoded
    object.apiVersion = apiVersion
    object.kind = expected.kind
    return object as unknown as Draft<T>
  } catch (error) {
    throw error instanceof DecodeError ? fail(error.message) : error
  }
}

function checkKind(resources: Resources, body: unknown, expected: ExpectedKind, apiVersion: string): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return
  const given = body as { readonly apiVersion?: unknown; readonly kind?: unknown }
  const kind = typeof given.kind === 'string' && given.kind !== '' ? given.kind : expected.kind
  const version =
    typeof given.apiVersion === 'string' && given.apiVersion !== '' ? given.apiVersion : apiVersion
  if (kind === expected.kind && version === apiVersion) return
  if (expected.message.isCustom === true) throw customTypeFault(given, expected, version, apiVersion)
  const short = version.split('/').at(-1) as string
  const refuse = (why: string): Error => badRequest(cannotHandle(kind, short, expected.kind, why))
  const listOf = kind.endsWith('List') ? kind.slice(0, -4) : kind
  if (!resources.knows(version, listOf))
    throw refuse(
      `no kind "${kind}" is registered for version "${version}" in scheme "${schemeOf(expected.group)}"`,
    )
  if (kind === expected.kind) {
    throw badRequest(
      `the API version in the data (${version}) does not match the expected API version (${apiVersion})`,
    )
  }
  const internalGroup = expected.group === '' ? 'core' : (expected.group.split('.')[0] as string)
  throw refuse(`converting (${short}.${kind}) to (${internalGroup}.${expected.kind}): unknown conversion`)
}

/**
 * Returns the error of a custom resource of another version or kind. Source: apiserver
 * pkg/endpoints/handlers/create.go, apiextensions pkg/registry/customresource/validator.go ValidateTypeMeta.
 */
function customTypeFault(
  given: { readonly kind?: unknown; readonly metadata?: unknown },
  expected: ExpectedKind,
  version: string,
  apiVersion: string,
): Error {
  if (version === apiVersion) return wrongTypeMeta(given, expected)
  return badRequest(
    `the API version in the data (${version}) does not match the expected API version (${apiVersion})`,
  )
}

/** Returns the error of a custom resource whose apiVersion or kind are others. */
export function wrongTypeMeta(
  given: { readonly apiVersion?: unknown; readonly kind?: unknown; readonly metadata?: unknown },
  { group, version, kind }: Pick<ExpectedKind, 'group' | 'version' | 'kind'>,
): Error {
  const wanted = { kind, apiVersion: `${group}/${version}` } as const
  const names = ['kind', 'apiVersion'] as const
  const faults = names
    .filter((name) => given[name] !== undefined && given[name] !== wanted[name])
    .map((name) => invalidField(name, given[name], `must be ${wanted[name]}`))
  const { name } = (given.metadata ?? {}) as { readonly name?: string }
  return invalid({ group, kind: typeof given.kind === 'string' ? given.kind : kind }, name ?? '', faults)
}

function reportFields(
  call: RegistryRequest,
  unknownFields: readonly string[],
  fail: (why: string) => Error,
): void {
  const { options, strictFaults = [] } = call.request
  const policy = options.fieldValidation ?? 'Warn'
  if (policy === 'Ignore' || (unknownFields.length === 0 && strictFaults.length === 0)) return
  const faults = [...unknownFields.map((field) => `unknown field "${field}"`), ...strictFaults]
  if (policy === 'Strict') throw fail(`strict decoding error: ${faults.join(', ')}`)
  for (const fault of faults) warn(call, fault)
}
