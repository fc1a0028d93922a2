/**
 * Kubernetes validates objects in their internal form, and some error texts show it: Go's field names in the
 * order of the structs, every field present. The form follows from the protobuf tables, which list the fields
 * in Go's order, and the field tables, which say what is a pointer; `internalOrder` lists the internal types
 * whose order is another one. Types of the group `meta` have the same form inside and outside.
 */
import { messageNamed, type ProtoField, type ProtoMessage } from '../protobuf/tables.js'
import { wasSentEmpty } from '../schema/sent-empty.js'
import type { JsonMap } from '../../lang/json/maps.js'

/**
 * The internal types that differ from v1 in order or fields, by JSON names. Source: pkg/apis/core/types.go.
 */
const internalOrder: Readonly<Record<string, string>> = {
  'core.v1.PodSpec':
    'volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds ' +
    'activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName automountServiceAccountToken nodeName ' +
    'securityContext imagePullSecrets hostname subdomain setHostnameAsFQDN affinity schedulerName ' +
    'tolerations hostAliases priorityClassName priority preemptionPolicy dnsConfig readinessGates ' +
    'runtimeClassName overhead enableServiceLinks topologySpreadConstraints os schedulingGates ' +
    'resourceClaims resources hostnameOverride workloadRef',
  'core.v1.PodSecurityContext':
    'hostNetwork hostPID hostIPC shareProcessNamespace hostUsers seLinuxOptions windowsOptions runAsUser ' +
    'runAsGroup runAsNonRoot supplementalGroups supplementalGroupsPolicy fsGroup fsGroupChangePolicy ' +
    'sysctls seccompProfile appArmorProfile seLinuxChangePolicy',
  'core.v1.VolumeSource':
    'hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs ' +
    'persistentVolumeClaim rbd quobyte flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap ' +
    'vsphereVolume azureDisk photonPersistentDisk projected portworxVolume scaleIO storageos csi ephemeral ' +
    'image',
  'core.v1.PersistentVolumeSource':
    'gcePersistentDisk awsElasticBlockStore hostPath glusterfs nfs rbd quobyte iscsi flexVolume cinder ' +
    'cephfs fc flocker azureFile vsphereVolume azureDisk photonPersistentDisk portworxVolume scaleIO local ' +
    'storageos csi',
}

/** The fields of each message in the order of its internal type, with embedded structs flattened. */
const plans = new Map<ProtoMessage, readonly ProtoField[]>()

/** Returns a value of a type such as `core.v1.PodSpec` in internal form, for JSON. */
export function internalForm(type: string, value: object): JsonMap {
  return messageForm(messageNamed(type), value as JsonMap)
}

/** Returns the values in internal form, or null if there is no list. */
export function internalList(type: string, values: readonly object[] | undefined): unknown {
  return values?.map((value) => internalForm(type, value)) ?? null
}

function messageForm(message: ProtoMessage, value: JsonMap): JsonMap {
  if (message.fullName.startsWith('meta.')) return externalForm(message, value)
  const source = message.fullName === 'core.v1.PodSpec' ? withHostFlagsMoved(value) : value
  const out: Record<string, unknown> = {}
  for (const field of planOf(message)) {
    const member = source[field.name]
    if (field.goName === 'ObjectMeta') Object.assign(out, formOf(field, member ?? {}))
    else out[field.goName] = isNothing(member) ? zero(field, value) : formOf(field, member)
  }
  return out
}

/** The pod's host flags are in the security context of the internal type. */
function withHostFlagsMoved(spec: JsonMap): JsonMap {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers, securityContext } = spec
  const flags = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers }
  return { ...spec, securityContext: { ...(securityContext as JsonMap | undefined), ...flags } }
}

function planOf(message: ProtoMessage): readonly ProtoField[] {
  const made = plans.get(message)
  if (made !== undefined) return made
  const order = internalOrder[message.fullName]?.split(' ')
  const { declared } = message
  const extra = order === undefined ? [] : messageNamed('core.v1.PodSpec').declared
  const fields =
    order?.flatMap((name) => [...declared, ...extra].find((field) => field.name === name) ?? []) ?? declared
  const all = fields.flatMap((field) => (field.form === 'inline' ? planOf(field.message()) : [field]))
  // the tables lack the messages that are only embedded, and fields that no release before 1.36 serves
  const known = all.filter(({ presence }) => presence !== undefined)
  const plan = known.length > 0 ? known : all
  plans.set(message, plan)
  return plan
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

/** Go's form of an absent field: nil for lists, maps and pointers, otherwise the type's zero value. */
function zero(field: ProtoField, owner: JsonMap): unknown {
  const { form, type, presence } = field
  if (form === 'list') return wasSentEmpty(owner, field.name) ? [] : null
  if (form === 'map') return wasSentEmpty(owner, field.name) ? {} : null
  if (presence === 'pointer' || presence === 'nullable' || presence === undefined) return null
  if (type === 'message') return messageForm(field.message(), {})
  return zeros[type] ?? null
}

const zeros: Readonly<Record<string, unknown>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  double: 0,
  intOrString: 0,
  quantity: '0',
}

function formOf(field: ProtoField, value: unknown): unknown {
  const { form, type } = field
  const one = (item: unknown): unknown =>
    type === 'message' ? messageForm(field.message(), (item ?? {}) as JsonMap) : item
  if (form === 'list') return (value as readonly unknown[]).map(one)
  if (form !== 'map') return one(value)
  const map = value as JsonMap
  return Object.fromEntries(
    Object.keys(map)
      .toSorted()
      .map((key) => [key, one(map[key])]),
  )
}

/** Returns a value of the group `meta` with the fields in Go's order; decoding has dropped the empty ones. */
function externalForm(message: ProtoMessage, value: JsonMap): JsonMap {
  const present = message.declared.filter(({ name }) => value[name] !== undefined)
  return Object.fromEntries(present.map((field) => [field.name, formOf(field, value[field.name])]))
}
