import { quote } from '../../lang/go/quote.js'
import { parseYamlText, YamlError } from '../../lang/yaml/read.js'
import { KubectlError } from './errors.js'
import { isMap, type JsonMap } from '../../lang/json/maps.js'

/** A named part of a kubeconfig file. */
export interface Named<T> {
  readonly name: string
  readonly value: T
}

/** A kubeconfig, merged from its files. Source: client-go tools/clientcmd/api/v1/types.go. */
export interface KubeconfigContent {
  readonly currentContext: string
  readonly clusters: readonly Named<JsonMap>[]
  readonly users: readonly Named<JsonMap>[]
  readonly contexts: readonly Named<JsonMap>[]
  readonly preferences: JsonMap
}

/** What there is without any file. */
export const EMPTY: KubeconfigContent = {
  currentContext: '',
  clusters: [],
  users: [],
  contexts: [],
  preferences: {},
}

/** Parses a kubeconfig file. Throws KubectlError. */
export function parseKubeconfig(text: string, path: string): KubeconfigContent {
  let value: unknown
  try {
    value = parseYamlText(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new KubectlError(`error loading config file ${quote(path)}: ${error.message}`)
  }
  const fields = isMap(value) ? value : {}
  const users = namedOf(fields['users'], 'user')
  for (const { value: user } of users) checkBase64(textOf(user, 'client-certificate-data'), path)
  return {
    currentContext: textOf(fields, 'current-context'),
    users,
    clusters: namedOf(fields['clusters'], 'cluster'),
    contexts: namedOf(fields['contexts'], 'context'),
    preferences: isMap(fields['preferences']) ? fields['preferences'] : {},
  }
}

/** Returns the cluster and the user of the current context; fields without members where there is none. */
export function currentOf({ contexts, clusters, users, currentContext }: KubeconfigContent): {
  readonly cluster: JsonMap
  readonly user: JsonMap
} {
  const named = (list: readonly Named<JsonMap>[], wanted: string): JsonMap =>
    list.find(({ name }) => name === wanted)?.value ?? {}
  const context = named(contexts, currentContext)
  return { cluster: named(clusters, textOf(context, 'cluster')), user: named(users, textOf(context, 'user')) }
}

function checkBase64(text: string, path: string): void {
  const bad = /[^A-Za-z0-9+/=\r\n]/.exec(text)
  if (bad !== null)
    throw new KubectlError(
      `error loading config file ${quote(path)}: illegal base64 data at input byte ${bad.index}`,
    )
}

/** The text of a field, '' if there is none. */
export function textOf(fields: JsonMap, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

function namedOf(list: unknown, field: string): readonly Named<JsonMap>[] {
  if (!Array.isArray(list)) return []
  return list
    .filter(isMap)
    .map((one) => ({ name: textOf(one, 'name'), value: isMap(one[field]) ? one[field] : {} }))
}

/**
 * Merges two files: of entries with one name the first one counts. Source: client-go
 * tools/clientcmd/loader.go.
 */
export function merge(first: KubeconfigContent, second: KubeconfigContent): KubeconfigContent {
  const both = (a: readonly Named<JsonMap>[], b: readonly Named<JsonMap>[]): readonly Named<JsonMap>[] => [
    ...a,
    ...b.filter(({ name }) => !a.some((one) => one.name === name)),
  ]
  return {
    currentContext: first.currentContext || second.currentContext,
    clusters: both(first.clusters, second.clusters),
    users: both(first.users, second.users),
    contexts: both(first.contexts, second.contexts),
    preferences: { ...second.preferences, ...first.preferences },
  }
}
