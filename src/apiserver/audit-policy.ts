import { aggregateText, type FieldError, invalid, notSupported, required } from '../api/field-error.js'
import { dnsSubdomainFaults } from '../api/validation/names.js'
import { quote } from '../lang/go/quote.js'
import { exactJson } from '../lang/json/exact-json.js'
import { parseYamlText, YamlError } from '../lang/yaml/read.js'
import type { AuditEvent } from '../client/cluster-events.js'

const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
type Level = (typeof LEVELS)[number]
type Stage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic'
const STAGES: readonly string[] = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']

/** A rule of an audit policy. Source: audit.k8s.io/v1 PolicyRule. */
interface Rule {
  readonly level: Level
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resources?: readonly {
    readonly group?: string
    readonly resources?: readonly string[]
    readonly resourceNames?: readonly string[]
  }[]
  readonly namespaces?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly Stage[]
  readonly omitManagedFields?: boolean
}

/** An event as the log has it: of one stage, with the parts that its level has. */
export interface AuditedEvent extends Omit<AuditEvent, 'level' | 'stage' | 'responseStatus' | 'annotations'> {
  readonly level: Level
  readonly stage: Stage
  readonly responseStatus?: AuditEvent['responseStatus']
  readonly annotations?: AuditEvent['annotations']
}

/** The file of `--audit-policy-file`. Source: audit.k8s.io/v1 Policy. */
export interface AuditPolicy {
  readonly rules: readonly Rule[]
  readonly omitStages?: readonly Stage[]
  readonly omitManagedFields?: boolean
}

/** Reads a policy. @throws Error with the apiserver's text. Source: apiserver pkg/audit/policy/reader.go */
export function parseAuditPolicy(text: string, file: string): AuditPolicy {
  const fault = (why: string): Error => new Error(`${why}: from file ${file}`)
  let policy: Partial<AuditPolicy> & { readonly apiVersion?: string; readonly kind?: string }
  try {
    policy = { ...(parseYamlText(text) as typeof policy | null) }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw fault(`failed decoding: error converting YAML to JSON: ${error.message}`)
  }
  const { apiVersion = '', kind = '' } = policy
  const rules = policy.rules ?? []
  if (kind === '' || apiVersion === '')
    throw fault(
      `failed decoding: Object '${kind === '' ? 'Kind' : 'apiVersion'}' is missing in '${exactJson(policy)}'`,
    )
  if (apiVersion !== 'audit.k8s.io/v1' || kind !== 'Policy')
    throw fault(
      `failed decoding: no kind ${quote(kind)} is registered for version ${quote(apiVersion)} in scheme ` +
        '"k8s.io/apiserver/pkg/audit/scheme.go:30"',
    )
  const faults = [
    ...stageFaults(policy.omitStages, 'omitStages'),
    ...rules.flatMap((rule, at) => ruleFaults(rule, `rules[${at}]`)),
  ]
  if (faults.length > 0) throw fault(aggregateText(faults))
  if (rules.length === 0) throw fault('loaded illegal policy with 0 rules')
  return { ...policy, rules }
}

/** Source: apiserver pkg/apis/audit/validation/validation.go. */
function ruleFaults(rule: Rule, path: string): readonly FieldError[] {
  const { level, resources = [] } = rule
  return [
    ...(LEVELS.includes(level) ? [] : [levelFault(level, `${path}.level`)]),
    ...urlFaults(rule, `${path}.nonResourceURLs`),
    ...resources.flatMap((each, at) => resourceFaults(each, `${path}.resources[${at}]`)),
    ...stageFaults(rule.omitStages, `${path}.omitStages`),
  ]
}

const levelFault = (level: string | undefined, path: string): FieldError =>
  level === undefined || level === '' ? required(path) : notSupported(path, level, LEVELS)

function stageFaults(stages: readonly string[] = [], path: string): readonly FieldError[] {
  return stages.flatMap((stage, at) =>
    STAGES.includes(stage)
      ? []
      : [invalid(`${path}[${at}]`, stage, `allowed stages are ${STAGES.join(',')}`)],
  )
}

type Resources = NonNullable<Rule['resources']>[number]

function resourceFaults(
  { group = '', resources = [], resourceNames = [] }: Resources,
  path: string,
): readonly FieldError[] {
  return [
    ...(group === '' ? [] : dnsSubdomainFaults(group).map((text) => invalid(`${path}.group`, group, text))),
    ...(resourceNames.length > 0 && resources.length === 0
      ? [
          invalid(
            `${path}.resourceNames`,
            resourceNames,
            'using resourceNames requires at least one resource',
          ),
        ]
      : []),
  ]
}

function urlFaults({ nonResourceURLs = [], ...rule }: Rule, path: string): readonly FieldError[] {
  const faults = nonResourceURLs.flatMap((url, index) => {
    const say = (text: string): FieldError => invalid(`${path}[${index}]`, url, text)
    if (url === '*') return []
    if (!url.startsWith('/')) return [say("non-resource URL rules must begin with a '/' character")]
    return url.slice(0, -1).includes('*')
      ? [say("non-resource URL wildcards '*' must be the final character of the rule")]
      : []
  })
  const isMixed = nonResourceURLs.length > 0 && [rule.resources, rule.namespaces].some((each) => each?.length)
  return isMixed
    ? [
        ...faults,
        invalid(path, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'),
      ]
    : faults
}

/**
 * Returns the events that a policy keeps of a finished request, whose event has everything: one for each
 * stage, with the parts that its level has. Source: apiserver pkg/audit/policy/checker.go,
 * pkg/audit/request.go.
 */
export function auditedEvents(policy: AuditPolicy, event: AuditEvent): readonly AuditedEvent[] {
  const rule = policy.rules.find((each) => applies(each, event))
  if (rule === undefined || rule.level === 'None') return []
  const omitted = new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])])
  const stages: readonly Stage[] =
    event.verb === 'watch' ? ['RequestReceived', 'ResponseStarted'] : ['RequestReceived', 'ResponseComplete']
  const isBare = rule.omitManagedFields ?? policy.omitManagedFields ?? false
  return stages
    .filter((stage) => !omitted.has(stage))
    .map((stage) => partOf(event, stage, rule.level, isBare))
}

function partOf(event: AuditEvent, stage: Stage, level: Level, isBare: boolean): AuditedEvent {
  const { requestObject, responseObject, responseStatus, annotations, ...rest } = event
  const shown = (object: unknown): unknown => (isBare ? withoutManagedFields(object) : object)
  const hasRequest = level === 'Request' || level === 'RequestResponse'
  if (stage === 'RequestReceived') return { ...rest, level, stage }
  return {
    ...rest,
    level,
    stage,
    responseStatus,
    ...(hasRequest && requestObject !== undefined ? { requestObject: shown(requestObject) } : {}),
    ...(level === 'RequestResponse' && responseObject !== undefined
      ? { responseObject: shown(responseObject) as object }
      : {}),
    annotations,
  }
}

function withoutManagedFields(object: unknown): unknown {
  if (typeof object !== 'object' || object === null || !('metadata' in object)) return object
  const { managedFields: _, ...metadata } = object.metadata as { readonly managedFields?: unknown }
  const { items } = object as { readonly items?: unknown }
  return { ...object, metadata, ...(Array.isArray(items) ? { items: items.map(withoutManagedFields) } : {}) }
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list === undefined || list.length === 0 || list.includes(value)

function applies(rule: Rule, event: AuditEvent): boolean {
  const { user, verb } = event
  const { userGroups = [], namespaces = [], resources = [], nonResourceURLs = [] } = rule
  if (!has(rule.users, user.username) || !has(rule.verbs, verb)) return false
  if (userGroups.length > 0 && !userGroups.some((group) => user.groups?.includes(group))) return false
  if (namespaces.length > 0 || resources.length > 0) return appliesToResource(rule, event)
  return nonResourceURLs.length === 0 || appliesToPath(nonResourceURLs, event)
}

/** Source: apiserver pkg/audit/policy/checker.go ruleMatchesNonResource, pathMatches. */
function appliesToPath(urls: readonly string[], { objectRef, requestURI }: AuditEvent): boolean {
  if (objectRef !== undefined) return false
  const path = pathOf(requestURI)
  return urls.some(
    (url) => url === path || (url.endsWith('*') && path.startsWith(url.replace(/(?<!\*)\*+$/, ''))),
  )
}

/** Returns the decoded path of a URI. */
function pathOf(uri: string): string {
  const [path = ''] = uri.split('?')
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function appliesToResource({ namespaces, resources = [] }: Rule, { objectRef }: AuditEvent): boolean {
  if (objectRef === undefined || !has(namespaces, objectRef.namespace ?? '')) return false
  const { apiGroup = '', resource, subresource = '', name = '' } = objectRef
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  const names = ['*', full, ...(subresource === '' ? [] : [`*/${subresource}`]), `${resource}/*`]
  return (
    resources.length === 0 ||
    resources.some(
      (each) =>
        (each.group ?? '') === apiGroup &&
        ((each.resources ?? []).length === 0 ||
          ((each.resources ?? []).some((one) => names.includes(one)) && has(each.resourceNames, name))),
    )
  )
}
