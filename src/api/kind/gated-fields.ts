/**
 * Fields that a server knows and drops from what clients write, because their feature is off in its release,
 * unless the old object has one. A field is named by its message, so that a rule for pods holds for all
 * templates. Source: DropDisabledPodFields of pkg/api/pod, dropDisabledFields of the strategies in
 * pkg/registry.
 */
import type { Draft } from './draft.js'
import type { KubeObject } from './definition.js'
import type { Feature, Release } from '../releases.js'
import { forgetSentEmpty, wasSentEmpty } from '../schema/sent-empty.js'
import type { Field, Message } from '../schema/types.js'

/**
 * What is dropped with the field: nothing else, its message if that is empty then, or the item of the list.
 */
type Extent = 'field' | 'emptied' | 'item'

type Row = readonly [
  message: string,
  fields: string,
  feature: Feature,
  extent?: Extent,
  /** Which values need the feature. Default: all. */
  needs?: (value: unknown) => boolean,
]

/** For lists that the server makes anew without items that need the feature: an empty one becomes none. */
const onlyEmpty = (): boolean => false

const rows: readonly Row[] = [
  ['core.v1.NodeStatus', 'config', 'dynamicKubeletConfig'],
  ['core.v1.VolumeProjection', 'clusterTrustBundle', 'clusterTrustBundleProjection'],
  ['core.v1.VolumeProjection', 'podCertificate', 'podCertificateProjection'],
  ['core.v1.Volume', 'image', 'imageVolume', 'item'],
  ['core.v1.PodSpec', 'volumes', 'imageVolume', 'field', onlyEmpty],
  ['core.v1.Container', 'volumeMounts', 'imageVolume', 'field', onlyEmpty],
  ['core.v1.EphemeralContainer', 'volumeMounts', 'imageVolume', 'field', onlyEmpty],
  ['core.v1.Lifecycle', 'stopSignal', 'containerStopSignals', 'emptied'],
  ['core.v1.ContainerStatus', 'allocatedResourcesStatus', 'resourceHealthStatus'],
  ['core.v1.PodSpec', 'hostnameOverride', 'hostnameOverride'],
  ['core.v1.Container', 'restartPolicyRules', 'containerRestartRules'],
  ['core.v1.EphemeralContainer', 'restartPolicyRules restartPolicy', 'containerRestartRules'],
  ['core.v1.PodSpec', 'containers.restartPolicy', 'containerRestartRules'],
  [
    'core.v1.PodSpec',
    'initContainers.restartPolicy',
    'containerRestartRules',
    'field',
    (value) => value !== 'Always',
  ],
  ['core.v1.EnvVarSource', 'fileKeyRef', 'envFiles'],
  ['core.v1.PodStatus', 'extendedResourceClaimStatus', 'extendedResources'],
  ['apps.v1.DeploymentStatus', 'terminatingReplicas', 'terminatingReplicas'],
  ['apps.v1.ReplicaSetStatus', 'terminatingReplicas', 'terminatingReplicas'],
  ['resource.v1.AllocationResult', 'allocationTimestamp', 'deviceBindingConditions'],
  [
    'resource.v1.DeviceRequestAllocationResult',
    'bindingConditions bindingFailureConditions',
    'deviceBindingConditions',
  ],
  ['resource.v1.Device', 'bindsToNode bindingConditions bindingFailureConditions', 'deviceBindingConditions'],
  ['resource.v1.Device', 'taints', 'deviceTaints'],
  ['resource.v1.Device', 'consumesCounters', 'partitionableDevices'],
  ['resource.v1.Device', 'nodeName nodeSelector allNodes', 'partitionableDevices'],
  ['resource.v1.ResourceSliceSpec', 'sharedCounters perDeviceNodeSelection', 'partitionableDevices'],
  ['resource.v1.Device', 'allowMultipleAllocations', 'consumableCapacity'],
  ['resource.v1.DeviceCapacity', 'requestPolicy', 'consumableCapacity'],
  ['resource.v1.ExactDeviceRequest', 'capacity', 'consumableCapacity'],
  ['resource.v1.DeviceSubRequest', 'capacity', 'consumableCapacity'],
  ['resource.v1.DeviceRequestAllocationResult', 'shareID consumedCapacity', 'consumableCapacity'],
  ['resource.v1.AllocatedDeviceStatus', 'shareID', 'consumableCapacity'],
  ['resource.v1.DeviceClassSpec', 'extendedResourceName', 'extendedResources'],
  ['autoscaling.v2.HPAScalingRules', 'tolerance', 'hpaTolerance'],
  ['coordination.v1.LeaseSpec', 'strategy preferredHolder', 'coordinatedLeaderElection'],
  ['storage.v1.CSIDriverSpec', 'nodeAllocatableUpdatePeriodSeconds', 'mutableNodeAllocatable'],
  ['storage.v1.CSIDriverSpec', 'serviceAccountTokenInSecrets', 'csiTokensInSecrets'],
  ['storage.v1.VolumeError', 'errorCode', 'mutableNodeAllocatable'],
]

/** Fields that releases before their feature do not know at all. */
const added: ReadonlyMap<string, Feature> = new Map([
  ['storage.v1.CSIDriverSpec.serviceAccountTokenInSecrets', 'csiTokensInSecrets'],
])

/** Whether the documents of a release have a field, also while its feature is off. */
export function isDocumented(release: Release, { schemaName }: Message, field: string): boolean {
  const feature = added.get(`${schemaName.replace('io.k8s.api.', '')}.${field}`)
  return feature === undefined || release.has(feature)
}

interface Gated {
  /** The list whose items have the field, if they have it only there. */
  readonly list?: string
  readonly name: string
  readonly feature: Feature
  readonly extent: Extent
  readonly needs: (value: unknown) => boolean
}

/** The gated fields of a message, and its fields below which there are some. */
interface Node {
  readonly gated: readonly Gated[]
  readonly children: readonly (readonly [name: string, shape: Shape, node: Node])[]
}

type Values = Record<string, unknown>

/** Trees by release, then message. Undefined for messages without gated fields. */
const trees = new WeakMap<Release, Map<Message, Node | undefined>>()

/**
 * Drops from a draft the fields whose features are off in the release, unless `old` uses the feature. Frozen
 * parts are those of a stored object and stay.
 */
export function dropGatedFields(
  release: Release,
  message: Message,
  draft: Draft<KubeObject>,
  old: KubeObject | undefined,
): void {
  const tree = treeOf(release, message)
  if (tree === undefined) return
  const used = new Set<Feature>()
  collect(tree, draft as unknown as Values, used, true)
  if (used.size === 0) return
  const before = new Set<Feature>()
  if (old !== undefined) collect(tree, old as unknown as Values, before, false)
  const dropped = [...used].filter((feature) => !before.has(feature))
  if (dropped.length > 0) drop(tree, draft as unknown as Values, new Set(dropped))
}

function treeOf(release: Release, message: Message): Node | undefined {
  let known = trees.get(release)
  if (known === undefined) trees.set(release, (known = new Map()))
  if (known.has(message)) return known.get(message)
  // a message that contains itself has nothing to drop in the inner one that the outer one lacks
  known.set(message, undefined)
  const own = message.schemaName.replace('io.k8s.api.', '')
  const gated = rows.flatMap(([owner, fields, feature, extent = 'field', needs = isPresent]) =>
    owner === own && !release.has(feature)
      ? fields.split(' ').map((path) => gatedAt(path, { feature, extent, needs }))
      : [],
  )
  const children = Object.entries(message.fields).flatMap(([name, field]) => {
    const [child, shape] = childOf(message, field)
    const node = child === undefined ? undefined : treeOf(release, child)
    return node === undefined ? [] : [[name, shape, node] as const]
  })
  const tree = gated.length > 0 || children.length > 0 ? { gated, children } : undefined
  known.set(message, tree)
  return tree
}

/** `field`, or `list.field` if only the items of one list lack it. */
function gatedAt(path: string, rule: Pick<Gated, 'feature' | 'extent' | 'needs'>): Gated {
  const [first = '', name] = path.split('.')
  return name === undefined ? { name: first, ...rule } : { list: first, name, ...rule }
}

const isPresent = (): boolean => true

type Shape = 'one' | 'list' | 'map'

function childOf({ group }: Message, field: Field): readonly [Message | undefined, Shape] {
  if (field.type === 'message') return [group.find(field.message), 'one']
  if (field.type === 'list')
    return [field.items.type === 'message' ? group.find(field.items.message) : undefined, 'list']
  if (field.type === 'map')
    return [field.values.type === 'message' ? group.find(field.values.message) : undefined, 'map']
  return [undefined, 'one']
}

function collect({ gated, children }: Node, value: Values, used: Set<Feature>, isDraft: boolean): void {
  if (isDraft && Object.isFrozen(value)) return
  for (const { list, name, feature, needs } of gated) {
    const isUsed = (owner: Values): boolean =>
      owner[name] === undefined ? isDraft && wasSentEmpty(owner, name) : needs(owner[name])
    if (owners(value, list).some(isUsed)) used.add(feature)
  }
  for (const [name, shape, node] of children) {
    const member = value[name]
    if (typeof member !== 'object' || member === null) continue
    if (shape === 'one') collect(node, member as Values, used, isDraft)
    else for (const item of Object.values(member) as readonly Values[]) collect(node, item, used, isDraft)
  }
}

/** The values that may have a gated field. */
const owners = (value: Values, list: string | undefined): readonly Values[] =>
  list === undefined ? [value] : ((value[list] ?? []) as readonly Values[])

/** Drops the fields of a message. Returns whether the message itself must go. */
function drop({ gated, children }: Node, value: Values, features: ReadonlySet<Feature>): boolean {
  if (Object.isFrozen(value)) return false
  let goes = false
  for (const { list, name, feature, extent, needs } of gated) {
    if (!features.has(feature)) continue
    if (list !== undefined) {
      for (const owner of owners(value, list))
        if (!Object.isFrozen(owner) && needs(owner[name])) delete owner[name]
      continue
    }
    forgetSentEmpty(value, name)
    if (value[name] === undefined || !needs(value[name])) continue
    delete value[name]
    goes ||= extent === 'item' || (extent === 'emptied' && Object.keys(value).length === 0)
  }
  for (const [name, shape, node] of children) {
    const member = value[name]
    if (typeof member !== 'object' || member === null) continue
    if (shape === 'one') {
      if (drop(node, member as Values, features)) delete value[name]
      continue
    }
    if (shape === 'map') {
      for (const item of Object.values(member) as readonly Values[]) drop(node, item, features)
      continue
    }
    const kept = (member as readonly Values[]).filter((item) => !drop(node, item, features))
    if (kept.length === (member as readonly Values[]).length) continue
    if (name === 'volumes') dropMounts(value, member as readonly Values[], kept)
    if (kept.length > 0) value[name] = kept
    else delete value[name]
  }
  return goes
}

/** Drops the mounts of dropped volumes. Source: dropImageVolumes. */
function dropMounts(pod: Values, before: readonly Values[], after: readonly Values[]): void {
  const dropped = new Set(before.filter((volume) => !after.includes(volume)).map(({ name }) => name))
  for (const list of ['containers', 'initContainers', 'ephemeralContainers'])
    for (const container of owners(pod, list)) {
      const mounts = container['volumeMounts'] as readonly Values[] | undefined
      const kept = mounts?.filter(({ name }) => !dropped.has(name))
      if (kept === undefined || kept.length === mounts?.length || Object.isFrozen(container)) continue
      if (kept.length > 0) container['volumeMounts'] = kept
      else delete container['volumeMounts']
    }
}
