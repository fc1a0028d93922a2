import type { KubeObject } from '../../api/kind/definition.js'
import type { Status } from '../../client/api-error.js'
import { ADMIN } from '../access/identities.js'
import type { SimCluster } from '../sim-cluster.js'
import { fieldHint } from './field-hint.js'
import type { VersionFinding } from './finding.js'
import type { Kinds, ServedKind } from './kinds.js'
import { type FindingAt, findingAt, nameOf, type Sourced } from './read-manifests.js'
import { pathOf } from './source-lines.js'

/** A cluster onto which manifests are loaded. */
export interface Loading {
  readonly cluster: SimCluster
  readonly kinds: Kinds
  /** Where objects without a namespace go. */
  readonly namespace: string
  readonly found: VersionFinding[]
}

/** An object that is in the cluster, perhaps only as a stand-in for what was written. */
export interface Loaded {
  readonly source: Sourced
  readonly served: ServedKind
  /** As it is sent: with its namespace. */
  readonly object: KubeObject
}

/** Returns the objects of a built-in kind. */
export const ofKind = (loaded: readonly Loaded[], kind: string): readonly Loaded[] =>
  loaded.filter(({ object, served }) => object.kind === kind && !served.isCustom)

interface Answer {
  readonly code: number
  readonly status: Status
  readonly warnings: readonly string[]
}

/** How an object is sent. */
interface Sending {
  readonly strict?: boolean
  readonly dryRun?: boolean
}

export function sendObject(
  cluster: SimCluster,
  served: ServedKind,
  object: KubeObject,
  sending: Sending = {},
): Answer {
  const { strict = true, dryRun = false } = sending
  const { namespace } = object.metadata
  const place = served.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? '')}` : ''
  const response = cluster.http.handle({
    method: 'POST',
    path: `${served.root}${place}/${served.resource}`,
    query:
      `fieldManager=kubectl-client-side-apply&fieldValidation=${strict ? 'Strict' : 'Ignore'}` +
      (dryRun ? '&dryRun=All' : ''),
    headers: { 'content-type': 'application/json' },
    user: ADMIN,
    body: JSON.stringify(object),
  })
  if (!('body' in response)) throw new Error('a POST of an object is no stream')
  return {
    code: response.code,
    status: JSON.parse(response.body) as Status,
    warnings: [response.headers['warning'] ?? []].flat().map(warningText),
  }
}

/** The text of the header `299 - "text"`. */
const warningText = (header: string): string =>
  header
    .replace(/^\d+ \S+ "/, '')
    .replace(/"$/, '')
    .replaceAll(/\\(.)/g, '$1')

/** Namespaces first, workloads after what they need. Unknown kinds are in the middle. */
const ORDER = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'RuntimeClass',
  'IngressClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
]
/** Bare pods are refused if something is missing that they need. */
const LAST = ['Pod']

/** The order in which objects are sent: helm's, but for bare pods. */
export function rankOf(kind: string): number {
  if (LAST.includes(kind)) return ORDER.length + 1
  const at = ORDER.indexOf(kind)
  return at < 0 ? ORDER.length : at
}

/** Creates an object, and notes what the apiserver has against it. Returns it if it is in the cluster. */
export function load(loading: Loading, source: Sourced): Loaded | undefined {
  const { kinds } = loading
  const served = kinds.of(source.object)
  if (served !== undefined) return create(loading, source, served, source.object)
  const { rule, isForeign, message, instead } = kinds.whyNot(source.object)
  add(loading, source, { rule, severity: isForeign ? 'warning' : 'error', message })
  if (instead === undefined) return undefined
  // what stands for it, so that one fault is found once
  const object = { ...source.object, apiVersion: instead }
  const other = kinds.of(object)
  if (other === undefined) return undefined
  return create({ ...loading, found: [] }, source, other, object)
}

const add = ({ found }: Loading, source: Sourced, finding: FindingAt): void =>
  void found.push(findingAt(source, finding))

/** Webhooks would be called from now on, and their programs do not run: they are only validated. */
const ONLY_JUDGED = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService']

function placed(object: KubeObject, served: ServedKind, namespace: string): KubeObject {
  const { namespace: given, ...metadata } = object.metadata ?? {}
  if (!served.namespaced) return { ...object, metadata }
  return { ...object, metadata: { ...metadata, namespace: given ?? namespace } }
}

function create(
  loading: Loading,
  source: Sourced,
  served: ServedKind,
  given: KubeObject,
): Loaded | undefined {
  const { cluster } = loading
  const object = placed(given, served, loading.namespace)
  const dryRun = ONLY_JUDGED.includes(object.kind ?? '') && !served.isCustom
  const response = sendObject(cluster, served, object, { dryRun })
  for (const warning of response.warnings) add(loading, source, warningOf(warning))
  const loaded = { source, served, object }
  if (response.code < 300) return loaded
  if (response.status.reason === 'AlreadyExists') return again(loading, loaded)
  for (const finding of refusals(response.status, source, loading.kinds)) add(loading, source, finding)
  // unknown fields are left out, so that one fault is found once
  return sendObject(cluster, served, object, { strict: false, dryRun }).code < 300 ? loaded : undefined
}

/** What a control plane brings, or another document. */
function again({ cluster }: Loading, loaded: Loaded): Loaded | undefined {
  const { object, served } = loaded
  try {
    cluster.in(object.metadata.namespace ?? 'default').apply(JSON.stringify(object))
  } catch {
    // a real cluster refuses it too, if a field cannot change; the duplicate has been told
  }
  return { ...loaded, served }
}

function warningOf(text: string): FindingAt {
  const rule = / is deprecated in v1\.\d+\+/.test(text) ? 'deprecated-api' : 'api-warning'
  // warnings of Pod Security say what its mode warn or audit finds
  return { rule, severity: rule === 'deprecated-api' ? 'warning' : 'note', message: text }
}

const POLICY =
  /violates PodSecurity|exceeded quota|failed quota|admission webhook|ValidatingAdmissionPolicy|LimitRange|(?:minimum|maximum) .* usage per/

function refusals(status: Status, { object, lines }: Sourced, { scheme }: Kinds): readonly FindingAt[] {
  const { message = '', details, reason } = status
  const strict = /strict decoding error: (.*)$/s.exec(message)?.[1]
  if (strict !== undefined)
    return strict.split(/, (?=unknown field|duplicate field)/).map((fault) => {
      const path = pathOf(/field "(.*)"/.exec(fault)?.[1] ?? '')
      const message = `${fault}${fieldHint(scheme, object, path)}`
      return { rule: 'invalid-object', message, line: lines.ofPath(path) }
    })
  const causes = reason === 'Invalid' ? (details?.causes ?? []) : []
  if (causes.length > 0)
    return causes.map(({ field = '', message: text = '' }) => ({
      rule: 'invalid-object',
      message: field === '' || field === '<nil>' ? text : `${field}: ${text}`,
      line: lines.ofPath(pathOf(field)),
    }))
  const field = /into Go struct field \w+\.(\S+) of type/.exec(message)?.[1]
  return [
    {
      rule: POLICY.test(message) ? 'pod-refused' : 'invalid-object',
      message: message.replace(/^\w+ in version "[^"]*" cannot be handled as a \w+: /, ''),
      ...(field === undefined ? {} : { line: lines.ofPath(pathOf(field)) }),
    },
  ]
}

/** Creates the namespaces that objects name and that no manifest has. */
export function makeNamespaces({ cluster, kinds, namespace, found }: Loading, all: readonly Sourced[]): void {
  const brought = new Set(
    all.flatMap(({ object }) => (object.kind === 'Namespace' ? [object.metadata?.name] : [])),
  )
  for (const { metadata } of cluster.state.peek('namespaces')) brought.add(metadata.name)
  for (const source of all) {
    if (kinds.of(source.object)?.namespaced === false) continue
    const name = source.object.metadata?.namespace ?? namespace
    if (brought.has(name)) continue
    brought.add(name)
    found.push(
      findingAt(source, {
        rule: 'missing-namespace',
        severity: 'note',
        message: `the namespace ${name} is not among the manifests: it must be there before they are applied`,
      }),
    )
    cluster.create('namespaces', { metadata: { name } })
  }
}

/** Documents that describe one object differently: the last one that is applied wins. */
export function duplicates(
  all: readonly Sourced[],
  kinds: Kinds,
  namespace: string,
): readonly VersionFinding[] {
  const known = new Map<string, Sourced>()
  return all.flatMap((source) => {
    const { object } = source
    const served = kinds.of(object)
    if (served === undefined || !object.metadata?.name) return []
    const place = served.namespaced ? (object.metadata.namespace ?? namespace) : ''
    const key = `${served.group} ${object.kind ?? ''} ${nameOf(object, place)}`
    const first = known.get(key)
    known.set(key, source)
    if (first === undefined || JSON.stringify(first.object) === JSON.stringify(object)) return []
    return [
      findingAt(source, {
        rule: 'duplicate-object',
        severity: 'warning',
        message:
          `${first.file}:${first.lines.first} describes it, too, and differently: ` +
          'the one that is applied last wins',
      }),
    ]
  })
}
