import { quote } from '../../lang/go/quote.js'
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import { SELECTED_NODE, classOfClaim, delaysBinding } from '../../api/core/volumes/volume-matching.js'
import type { CSINode, StorageClass } from '../../api/storage/generated.js'
import {
  BETA_STORAGE_PROVISIONER,
  PROVISIONED_BY,
  STORAGE_PROVISIONER,
} from '../../api/storage/provisioners.js'
import { ApiError, ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { StorageContext } from './context.js'
import { BY_VOLUME, forget, handles, isDone } from './context.js'

const FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'
const ZONE = 'topology.kubernetes.io/zone'
/**
 * First and longest delay after a failure, in ms. Source: sig-storage-lib-external-provisioner, rate limiter.
 */
const FIRST_RETRY = 15_000
const LAST_RETRY = 1_000_000

/** Returns the provisioner that the volume binder has assigned to a claim. */
export function provisionerOf({ metadata: { annotations } }: PersistentVolumeClaim): string | undefined {
  return annotations?.[STORAGE_PROVISIONER] ?? annotations?.[BETA_STORAGE_PROVISIONER]
}

/**
 * Creates the volume of a claim, unless another provisioner is assigned or the scheduler has not selected a
 * node yet. Source: sig-storage-lib-external-provisioner controller.go.
 */
export function provision(context: StorageContext, claim: PersistentVolumeClaim, work: string): void {
  const provisioner = provisionerOf(claim)
  if (provisioner === undefined || !handles(context, provisioner) || (claim.spec.volumeName ?? '') !== '')
    return
  if (claim.metadata.deletionTimestamp !== undefined) return
  const { client } = context.host
  const storageClass = ignoreNotFound(() => client.get('storageclasses', { name: classOfClaim(claim) }))
  const selected = claim.metadata.annotations?.[SELECTED_NODE]
  if (!storageClass || (delaysBinding(storageClass) && selected === undefined)) return
  const volumes = context.volumes.need()
  const name = volumeNameOf(claim)
  if (volumes.get(name) ?? ignoreNotFound(() => client.get('persistentvolumes', { name }))) return
  const recorder = context.recorderOf(`${provisioner}_csi-provisioner-0`)
  const record = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recorder.event({ object: claim, kind: 'PersistentVolumeClaim', apiVersion: 'v1' }, type, reason, message)
  if (!context.due.value.has(work))
    record(
      'Normal',
      'Provisioning',
      `External provisioner is provisioning volume for claim ${quote(keyOf(claim))}`,
    )
  if (!isDone(context, work, context.timings.provision)) return
  const order: ProvisionOrder = {
    provisioner,
    claim,
    storageClass,
    node: selected === undefined ? undefined : ignoreNotFound(() => client.get('nodes', { name: selected })),
    csiNode:
      selected === undefined ? undefined : ignoreNotFound(() => client.get('csinodes', { name: selected })),
    anyZone: () => anyZone(context),
  }
  const fault = provisionFault(order)
  const failure = fault ?? createVolume(client, provisionedVolume(order))
  forget(context, work)
  if (failure !== undefined) {
    record(
      'Warning',
      'ProvisioningFailed',
      'failed to provision volume with StorageClass ' +
        `${quote(storageClass.metadata.name ?? '')}: ${failure}`,
    )
    return retry(context, work)
  }
  forget(context, `retry ${work}`)
  record('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`)
}

/** Creates the volume; returns the error message if the server refuses it. */
function createVolume(client: Client, volume: PersistentVolume): string | undefined {
  try {
    client.create('persistentvolumes', volume)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.reason !== 'AlreadyExists') return error.message
  }
  return undefined
}

function retry({ due, later }: StorageContext, work: string): void {
  const delay = Math.min(due.value.get(`retry ${work}`) ?? FIRST_RETRY, LAST_RETRY)
  due.value.set(`retry ${work}`, delay * 2)
  later(work, delay, 'watchdog')
}

/** Returns a random one of the nodes' zones. */
function anyZone({ host }: StorageContext): string | undefined {
  const labels = host.client.list('nodes').items.map(({ metadata }) => metadata.labels?.[ZONE])
  const zones = [...new Set(labels.filter((zone) => zone !== undefined))].sort()
  return zones.length === 0 ? undefined : zones[host.random('zones').int(0, zones.length - 1)]
}

/** Deletes a released volume and its content once it is detached from all nodes. */
export function unprovision(context: StorageContext, volume: PersistentVolume, work: string): void {
  const { metadata, spec, status } = volume
  const provisioner = metadata.annotations?.[PROVISIONED_BY]
  if (
    provisioner === undefined ||
    !handles(context, provisioner) ||
    spec.persistentVolumeReclaimPolicy !== 'Delete'
  )
    return
  if (status.phase !== 'Released' && !(status.phase === 'Failed' && metadata.deletionTimestamp !== undefined))
    return
  const { client } = context.host
  const name = metadata.name as string
  const [attachment] = context.attachments.need().byIndex(BY_VOLUME, name)
  if (attachment) {
    const message = `persistentvolume ${name} is still attached to node ${attachment.spec.nodeName}`
    context
      .recorderOf(`${provisioner}_csi-provisioner-0`)
      .event(
        { object: volume, kind: 'PersistentVolume', apiVersion: 'v1' },
        'Warning',
        'VolumeFailedDelete',
        message,
      )
    return // the deletion of the attachment reconciles the volume
  }
  if (!isDone(context, work, context.timings.delete)) return
  context.options.onDelete?.(volume)
  const finalizers = metadata.finalizers ?? []
  if (finalizers.includes(FINALIZER)) {
    ignoreNotFound(() =>
      client.update('persistentvolumes', {
        ...volume,
        metadata: { ...metadata, finalizers: finalizers.filter((one) => one !== FINALIZER) },
      }),
    )
  }
  if (metadata.deletionTimestamp === undefined)
    ignoreNotFound(() => client.delete('persistentvolumes', { name }))
  forget(context, work)
}

/** The inputs of provisioning. */
interface ProvisionOrder {
  readonly provisioner: string
  readonly claim: PersistentVolumeClaim
  readonly storageClass: StorageClass
  /** The node that the scheduler has selected, if the class delays binding. */
  readonly node: Node | undefined
  readonly csiNode: CSINode | undefined
  /** Returns the zone for a zonal driver if no node is selected. */
  readonly anyZone: () => string | undefined
}

type Sources = Partial<PersistentVolume['spec']>

/** Base directories of provisioners that create volumes on a node's disk. */
const HOST_PATHS: Readonly<Record<string, string>> = {
  'rancher.io/local-path': '/opt/local-path-provisioner',
  'k8s.io/minikube-hostpath': '/tmp/hostpath-provisioner',
  'docker.io/hostpath': '/var/lib/k8s-pvs',
  'microk8s.io/hostpath': '/var/snap/microk8s/common/default-storage',
}
const LOCAL_PATH = 'rancher.io/local-path'
/** Drivers whose disks exist in one zone. */
const ZONAL = new Set([
  'ebs.csi.aws.com',
  'pd.csi.storage.gke.io',
  'disk.csi.azure.com',
  'cinder.csi.openstack.org',
])
const HOSTNAME = 'kubernetes.io/hostname'
const CSI_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'
const DELETION_SECRET = 'volume.kubernetes.io/provisioner-deletion-secret'

/**
 * Whether the provisioner is a CSI driver, whose volumes are attached and expanded. Driver names contain no
 * slash; other provisioners create directories on nodes, or on an NFS server, as
 * nfs-subdir-external-provisioner does.
 */
function isCsiDriver(provisioner: string): boolean {
  return !provisioner.includes('/')
}

/** Returns the provisioner's error message if it refuses to create the volume. */
function provisionFault({ provisioner, claim, node }: ProvisionOrder): string | undefined {
  if (provisioner !== LOCAL_PATH) return undefined
  if (!node) return 'configuration error, no node was specified'
  const isSingle = (claim.spec.accessModes ?? []).every(
    (mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod',
  )
  return isSingle
    ? undefined
    : 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes'
}

/** Returns the name of the volume that is provisioned for a claim. */
function volumeNameOf({ metadata }: PersistentVolumeClaim): string {
  return `pvc-${metadata.uid ?? ''}`
}

/**
 * Returns the volume that a provisioner creates for a claim. Source: kubernetes-csi/external-provisioner
 * pkg/controller, rancher/local-path-provisioner.
 */
function provisionedVolume(order: ProvisionOrder): PersistentVolume {
  const { provisioner, claim, storageClass } = order
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const isCsi = isCsiDriver(provisioner)
  const required = topologyOf(order)
  const annotations = {
    [PROVISIONED_BY]: provisioner,
    ...(isCsi ? { [`${DELETION_SECRET}-name`]: '', [`${DELETION_SECRET}-namespace`]: '' } : {}),
    ...(provisioner === LOCAL_PATH && order.node
      ? { 'local.path.provisioner/selected-node': order.node.metadata.name as string }
      : {}),
  }
  return {
    metadata: { name: volumeNameOf(claim), annotations, ...(isCsi ? { finalizers: [CSI_FINALIZER] } : {}) },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage: claim.spec.resources.requests?.['storage'] ?? '0' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: classOfClaim(claim),
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
      ...(claim.spec.volumeAttributesClassName === undefined
        ? {}
        : { volumeAttributesClassName: claim.spec.volumeAttributesClassName }),
      ...(required === undefined
        ? {}
        : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: required }] } } }),
      ...sourceOf(order),
    },
    status: {},
  } as PersistentVolume
}

function sourceOf({ provisioner, claim, storageClass: { parameters = {} } }: ProvisionOrder): Sources {
  const { namespace = '', name = '' } = claim.metadata
  const volume = volumeNameOf(claim)
  const base = Object.hasOwn(HOST_PATHS, provisioner) ? HOST_PATHS[provisioner] : undefined
  if (base !== undefined) {
    const path =
      provisioner === LOCAL_PATH ? `${base}/${volume}_${namespace}_${name}` : `${base}/${namespace}/${name}`
    return { hostPath: { path, ...(provisioner === LOCAL_PATH ? { type: 'DirectoryOrCreate' } : {}) } }
  }
  if (!isCsiDriver(provisioner)) {
    const server = parameters['server'] ?? 'nfs-server.storage.svc.cluster.local'
    return { nfs: { server, path: `${parameters['share'] ?? '/export'}/${namespace}-${name}-${volume}` } }
  }
  const fsType = parameters['csi.storage.k8s.io/fstype'] ?? parameters['fsType'] ?? 'ext4'
  const isBlock = claim.spec.volumeMode === 'Block'
  return { csi: { driver: provisioner, volumeHandle: volume, ...(isBlock ? {} : { fsType }) } }
}

interface Requirement {
  readonly key: string
  readonly operator: 'In'
  readonly values: readonly string[]
}

/** Returns the node labels that the volume requires, or undefined if every node can use it. */
function topologyOf(order: ProvisionOrder): readonly Requirement[] | undefined {
  const { provisioner, node, csiNode, storageClass, anyZone } = order
  const labels = node?.metadata.labels ?? {}
  if (provisioner === LOCAL_PATH) return [{ key: HOSTNAME, operator: 'In', values: [labels[HOSTNAME] ?? ''] }]
  if (!isCsiDriver(provisioner)) return undefined
  const keys = csiNode?.spec.drivers?.find(({ name }) => name === provisioner)?.topologyKeys ?? []
  const known = keys.flatMap((key): Requirement[] =>
    labels[key] === undefined ? [] : [{ key, operator: 'In', values: [labels[key]] }],
  )
  if (known.length > 0) return known
  const [allowed] = storageClass.allowedTopologies ?? []
  if (allowed?.matchLabelExpressions?.length) {
    return allowed.matchLabelExpressions.map(({ key, values }) => ({
      key,
      operator: 'In',
      values: [values.includes(labels[key] ?? '\0') ? (labels[key] as string) : (values[0] ?? '')],
    }))
  }
  const zone = ZONAL.has(provisioner) ? (labels[ZONE] ?? (node ? undefined : anyZone())) : undefined
  return zone === undefined ? undefined : [{ key: ZONE, operator: 'In', values: [zone] }]
}
