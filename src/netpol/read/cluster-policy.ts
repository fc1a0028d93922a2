import { forbidden, invalid, tooMany } from '../../api/field-error.js'
import { timeMs } from '../../lang/go/time.js'
import type {
  RuleAction,
  Block,
  ClusterPolicyKind,
  ClusterPolicyModel,
  ClusterRule,
  Direction,
  Peer,
  PortMatch,
  Selector,
} from '../model.js'
import { readRange, isSet, type FieldReader, everything, readSelector } from './fields.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { peersField } from './network-policy.js'
import { readObject } from './objects.js'

/** How the versions of cluster-wide policies differ. */
export interface ClusterDialect {
  readonly kind: ClusterPolicyKind
  /** The spec's fields besides subject and rules. */
  readonly specFields: readonly string[]
  readonly tier: (reader: FieldReader, spec: JsonMap) => ClusterPolicyModel['tier']
  readonly priority: (reader: FieldReader, spec: JsonMap) => number
  /** The names of the actions in this version. */
  readonly actions: Readonly<Record<string, RuleAction>>
  readonly maxRules: number
  readonly portsField: 'ports' | 'protocols'
  readonly port: (reader: FieldReader, value: unknown, path: string) => PortMatch
}

const DOMAIN =
  /^(\*\.)?([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?$/
const MAX_NAMES = 25
const unknown = { kind: 'unknown' } as const

/** Normalizes a domain name: lower case, without a trailing dot. */
export function domainName(text: string): string {
  return text.toLowerCase().replace(/\.$/, '')
}

/** Returns the one known field of an object that is set; more than one is a fault. */
export function onlyField(
  reader: FieldReader,
  object: JsonMap,
  path: string,
  known: readonly string[],
): string | undefined {
  const [first, second] = known.filter((field) => isSet(object, field))
  if (second !== undefined) reader.add(invalid(path, Object.keys(object), 'must have at most 1 property'))
  return first
}

/** Reads a NamespacedPod, in which an absent selector matches everything. */
function readPodsOf(
  reader: FieldReader,
  value: unknown,
  path: string,
): { readonly namespaces: Selector; readonly pods: Selector } {
  const object = reader.object(value, path) ?? {}
  reader.onlyKnown(object, path, ['namespaceSelector', 'podSelector'])
  const select = (field: string): Selector => readSelector(reader, object[field], `${path}.${field}`)
  return { namespaces: select('namespaceSelector'), pods: select('podSelector') }
}

function readStrings(reader: FieldReader, value: unknown, path: string): readonly string[] {
  const list = reader.list(value, path) ?? []
  if (list.length === 0) reader.missing(path, 'must have at least 1 item')
  if (list.length > MAX_NAMES) reader.add(tooMany(path, list.length, MAX_NAMES))
  return list.map((each, at) => reader.string(each, `${path}[${at}]`) ?? '')
}

function readDomains(reader: FieldReader, value: unknown, path: string): readonly string[] {
  const names = readStrings(reader, value, path)
  names.forEach((name, at) => {
    if (!DOMAIN.test(name))
      reader.add(invalid(`${path}[${at}]`, name, 'must be a domain name, or one with the prefix "*."'))
  })
  return names.map(domainName)
}

function readNetworks(reader: FieldReader, value: unknown, path: string): readonly Block[] {
  return readStrings(reader, value, path).flatMap((each, at) => {
    const range = readRange(reader, each, `${path}[${at}]`)
    return range === undefined ? [] : [{ range, except: [] }]
  })
}

function readPeer(
  reader: FieldReader,
  value: unknown,
  path: string,
  direction: Direction,
  action: RuleAction,
): Peer {
  const object = reader.object(value, path) ?? {}
  const external = direction === 'egress' ? ['nodes', 'networks', 'domainNames'] : []
  const field = onlyField(reader, object, path, ['namespaces', 'pods', ...external])
  if (field === undefined) return unknown
  const at = `${path}.${field}`
  switch (field) {
    case 'namespaces':
      return { kind: 'pods', field, namespaces: readSelector(reader, object[field], at), pods: everything }
    case 'pods':
      return { kind: 'pods', field, ...readPodsOf(reader, object[field], at) }
    case 'nodes':
      return { kind: 'nodes', nodes: readSelector(reader, object[field], at) }
    case 'networks':
      return { kind: 'blocks', blocks: readNetworks(reader, object[field], at) }
    default: {
      const domains = readDomains(reader, object[field], at)
      // domain names are only valid for Accept; for other actions fail closed rather than let traffic through
      return action === 'Accept' ? { kind: 'domains', domains } : unknown
    }
  }
}

function readList<T>(
  reader: FieldReader,
  value: unknown,
  path: string,
  max: number,
  read: (value: unknown, path: string) => T,
): readonly T[] {
  const list = reader.list(value, path) ?? []
  if (list.length > max) reader.add(tooMany(path, list.length, max))
  return list.map((each, at) => read(each, `${path}[${at}]`))
}

function readRule(
  reader: FieldReader,
  value: unknown,
  path: string,
  direction: Direction,
  dialect: ClusterDialect,
): ClusterRule {
  const { actions, portsField, maxRules } = dialect
  const object = reader.object(value, path) ?? {}
  const field = peersField[direction]
  reader.onlyKnown(object, path, ['name', 'action', field, portsField])
  const word = reader.oneOf(object['action'] ?? '', `${path}.action`, Object.keys(actions))
  // Stryker disable next-line StringLiteral: a policy with a fault is rejected, so the default is never used
  const action = actions[word ?? ''] ?? 'Deny'
  const peers = readList(reader, object[field], `${path}.${field}`, maxRules, (each, at) =>
    readPeer(reader, each, at, direction, action),
  )
  if (peers.length === 0) reader.missing(`${path}.${field}`, 'must have at least 1 item')
  const ports = readList(reader, object[portsField], `${path}.${portsField}`, maxRules, (each, at) =>
    dialect.port(reader, each, at),
  )
  const failsClosed = [...peers, ...ports].some(({ kind }) => kind === 'unknown')
  const name = reader.string(object['name'], `${path}.name`)
  return { name, action, peers, ports: ports.length === 0 ? undefined : ports, failsClosed }
}

function readSubject(
  reader: FieldReader,
  value: unknown,
): { readonly namespaces: Selector; readonly pods: Selector } {
  const object = reader.object(value, 'spec.subject') ?? {}
  reader.onlyKnown(object, 'spec.subject', ['namespaces', 'pods'])
  const field = onlyField(reader, object, 'spec.subject', ['namespaces', 'pods'])
  if (field === 'pods') return readPodsOf(reader, object['pods'], 'spec.subject.pods')
  if (field === undefined) reader.add(forbidden('spec.subject', 'must have one of namespaces and pods'))
  return {
    namespaces: readSelector(reader, object['namespaces'], 'spec.subject.namespaces'),
    pods: everything,
  }
}

function createdOf(reader: FieldReader, metadata: JsonMap): number {
  const path = 'metadata.creationTimestamp'
  const text = reader.string(metadata['creationTimestamp'], path)
  const time = timeMs(text) ?? 0
  if (Number.isNaN(time)) reader.add(invalid(path, text, 'must be a time as of RFC 3339'))
  return time
}

/** Reads a cluster-wide policy of one version. */
export function readClusterPolicy(
  value: unknown,
  place: string,
  dialect: ClusterDialect,
): ClusterPolicyModel {
  const { reader, object, metadata, name, finish } = readObject(value, dialect.kind, place)
  const spec = reader.object(object['spec'], 'spec') ?? {}
  reader.onlyKnown(spec, 'spec', ['subject', 'ingress', 'egress', ...dialect.specFields])
  const rules = (direction: Direction): readonly ClusterRule[] =>
    readList(reader, spec[direction], `spec.${direction}`, dialect.maxRules, (each, path) =>
      readRule(reader, each, path, direction, dialect),
    )
  const policy: ClusterPolicyModel = {
    kind: dialect.kind,
    name,
    tier: dialect.tier(reader, spec),
    priority: dialect.priority(reader, spec),
    created: createdOf(reader, metadata),
    ...readSubject(reader, spec['subject']),
    ingress: rules('ingress'),
    egress: rules('egress'),
  }
  finish()
  return policy
}
