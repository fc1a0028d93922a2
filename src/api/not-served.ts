import { nearest } from '../lang/text/nearest.js'
import { formatApiVersion, parseApiVersion } from './api-version.js'
import type { KindDefinition } from './kind/definition.js'
import { servedIn } from './definitions.js'
import type { Scheme } from './scheme.js'

/**
 * What to write instead of an API that is gone, where no version of its kind is left.
 * Source: the deprecation guide of the documentation.
 */
const REPLACED: Readonly<Record<string, string>> = {
  PodSecurityPolicy:
    'label namespaces for Pod Security Admission (pod-security.kubernetes.io/enforce: baseline)',
  PodPreset: 'set the fields in the pods, or write a mutating webhook',
  AuditSink: 'configure audit on the apiserver',
}

/** The plural of a kind, as kubectl guesses it. Source: apimachinery meta UnsafeGuessKindToResource. */
export function pluralGuess(kind: string): string {
  const name = kind.toLowerCase()
  if (name.endsWith('s')) return `${name}es`
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`
}

/**
 * Returns why a kind is not served under an API version, and what to write: `extensions/v1beta1 Deployment
 * was removed in v1.16: use apps/v1`.
 */
export function whyNotServed(scheme: Scheme, apiVersion: string, kind: string): string {
  const name = `${apiVersion} ${kind}`
  const to = (what: string | undefined): string => (what === undefined ? '' : `: ${what}`)
  const { minor } = scheme.release
  const known = ofKind(scheme, kind, parseApiVersion(apiVersion).group)
  const use = known === undefined ? REPLACED[kind] : `use ${formatApiVersion(known)}`
  const span = servedIn(apiVersion, pluralGuess(kind))
  if (span?.until !== undefined && span.until <= minor)
    return `${name} was removed in v1.${span.until}${to(use)}`
  if (span !== undefined && span.since > minor)
    return `${name} is served since v1.${span.since}, and this cluster is v1.${minor}${to(use)}`
  if (known !== undefined) {
    const isEarly = /v\d+(?:alpha|beta)\d+$/.test(apiVersion)
    return `${isEarly ? `${name} is not served by default` : `there is no ${name}`}${to(use)}`
  }
  const meant = meantKind(scheme, kind)
  if (meant === undefined) return `apply the CustomResourceDefinition of ${kind} first`
  return `did you mean ${meant.kind} of ${formatApiVersion(meant)}?`
}

/** The preferred version of a kind: in the group if it is there, else in another one. */
function ofKind(scheme: Scheme, kind: string, group: string): KindDefinition | undefined {
  const all = objects(scheme).filter((definition) => definition.kind === kind)
  return all.find((definition) => definition.group === group) ?? all[0]
}

function meantKind(scheme: Scheme, kind: string): KindDefinition | undefined {
  const all = objects(scheme)
  const byName = scheme.byName(kind) // `deployments`, `deploy`
  if (byName !== undefined) return byName
  const near = nearest(kind, [...new Set(all.map((definition) => definition.kind))])
  return all.find((definition) => definition.kind === near)
}

/** Kinds of which objects are stored, and can be applied. */
const objects = (scheme: Scheme): readonly KindDefinition[] =>
  scheme.definitions().filter(({ verbs }) => verbs.includes('patch'))
