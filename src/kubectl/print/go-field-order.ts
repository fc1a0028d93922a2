import type { KubeObject } from '../../api/definition.js'
import type { ProtoField, ProtoMessage } from '../../api/protobuf/tables.js'
import { messageOf } from '../../api/protobuf/tables.js'
import type { Scheme } from '../../api/scheme.js'
import { parseApiVersion } from '../../api/api-version.js'

/** A list of objects of one kind, with the fields of kubectl's own types. */
export interface GoList {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: object
  readonly items: readonly KubeObject[]
}

/**
 * Orders a list as kubectl prints it if it knows the Go type of the objects: fields in the order of their
 * declaration, which is that of their protobuf numbers. Custom resources stay as they are.
 */
export function inGoOrder(
  scheme: Scheme,
  { kind, apiVersion, metadata, items }: GoList,
): Omit<GoList, 'items'> & { readonly items: readonly unknown[] } {
  const itemKind = kind.replace(/List$/, '')
  const message = messageOf(parseApiVersion(apiVersion), itemKind)
  const known = scheme.ofObject(apiVersion, itemKind) !== undefined
  return {
    kind,
    apiVersion,
    metadata,
    items: items.map((item) =>
      message === undefined || !known ? item : ordered(item, message, { kind: itemKind, apiVersion }),
    ),
  }
}

/**
 * Fields whose position differs from their number, with the field before them ('': the first place), by
 * message. Source: k8s.io/api types.go.
 */
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PodSpec: {
    initContainers: 'volumes',
    ephemeralContainers: 'containers',
    automountServiceAccountToken: 'serviceAccount',
    shareProcessNamespace: 'hostIPC',
  },
  Container: {
    envFrom: 'ports',
    resizePolicy: 'resources',
    restartPolicy: 'resizePolicy',
    volumeDevices: 'volumeMounts',
    startupProbe: 'readinessProbe',
    terminationMessagePolicy: 'terminationMessagePath',
  },
  PodStatus: {
    observedGeneration: '',
    nominatedNodeName: 'reason',
    hostIPs: 'hostIP',
    podIPs: 'podIP',
    initContainerStatuses: 'startTime',
  },
  PodCondition: { observedGeneration: 'type' },
  ServiceSpec: {
    clusterIPs: 'clusterIP',
    type: 'clusterIPs',
    ipFamilies: 'sessionAffinityConfig',
    ipFamilyPolicy: 'ipFamilies',
  },
  DeploymentStatus: { readyReplicas: 'updatedReplicas' },
  DeploymentCondition: { lastUpdateTime: 'status', lastTransitionTime: 'lastUpdateTime' },
  ReplicaSetSpec: { minReadySeconds: 'replicas' },
  NodeSpec: { podCIDRs: 'podCIDR' },
  OwnerReference: { apiVersion: '' },
  ReplicaSetStatus: { observedGeneration: 'availableReplicas' },
}

type Fields = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function ordered(value: unknown, message: ProtoMessage, head: Fields = {}): unknown {
  if (!isMap(value)) return value
  const result: Record<string, unknown> = {}
  for (const [key, one] of Object.entries(head)) if (value[key] !== undefined) result[key] = one
  for (const field of fieldsOf(message))
    if (value[field.name] !== undefined) result[field.name] = inner(value[field.name], field)
  for (const [key, one] of Object.entries(value))
    if (!Object.hasOwn(result, key) && one !== undefined) result[key] = one
  return result
}

/** The fields of a message, including those of embedded messages that JSON inlines. */
function fieldsOf(message: ProtoMessage): readonly ProtoField[] {
  const fields = message.fields.flatMap((field) =>
    field.form === 'inline' && field.type === 'message' ? fieldsOf(field.message()) : [field],
  )
  for (const [name, before] of Object.entries(ELSEWHERE[message.name.split('.').at(-1) ?? ''] ?? {})) {
    const [moved] = fields.splice(
      fields.findIndex((field) => field.name === name),
      1,
    )
    if (moved !== undefined) fields.splice(fields.findIndex((field) => field.name === before) + 1, 0, moved)
  }
  return fields
}

function inner(value: unknown, { form, type, message }: ProtoField): unknown {
  if (form === 'map' && isMap(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => [key, type === 'message' ? ordered(one, message()) : sorted(one)]),
    )
  }
  if (type !== 'message') return sorted(value)
  return Array.isArray(value) ? value.map((one) => ordered(one, message())) : ordered(value, message())
}

/** Sorts the keys of free-form JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  return isMap(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, one]) => [key, sorted(one)]),
      )
    : value
}
