import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import { classOfClaim } from '../../api/core/volume-matching.js'
import { PROVISIONED_BY } from '../../api/storage/provisioners.js'
import type { CSINode, StorageClass } from '../../api/storage/generated.js'

/** What a volume is made from. */
export interface ProvisionOrder {
  readonly provisioner: string
  readonly claim: PersistentVolumeClaim
  readonly storageClass: StorageClass
  /** The node that the scheduler has chosen, if the class waits for it. */
  readonly node: Node | undefined
  readonly csiNode: CSINode | undefined
  /** A zone for drivers whose volumes are of one, when no node tells. */
  readonly anyZone: () => string | undefined
}

type Sources = Partial<PersistentVolume['spec']>

/** Where volumes lie that provisioners make on the disk of a node. */
const HOST_PATHS: Readonly<Record<string, string>> = {
  'rancher.io/local-path': '/opt/local-path-provisioner',
  'k8s.io/minikube-hostpath': '/tmp/hostpath-provisioner',
  'docker.io/hostpath': '/var/lib/k8s-pvs',
  'microk8s.io/hostpath': '/var/snap/microk8s/common/default-storage',
}
const LOCAL_PATH = 'rancher.io/local-path'
/** Drivers whose disks are of one zone. */
const ZONAL = new Set([
  'ebs.csi.aws.com',
  'pd.csi.storage.gke.io',
  'disk.csi.azure.com',
  'cinder.csi.openstack.org',
])
const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const CSI_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'
const DELETION_SECRET = 'volume.kubernetes.io/provisioner-deletion-secret'

/**
 * Whether the provisioner's volumes are those of a CSI driver: attached by it, resized by it. Names of
 * drivers have no slash; the others put directories on nodes, or on an NFS server, as
 * nfs-subdir-external-provisioner does.
 */
export function isCsiDriver(provisioner: string): boolean {
  return !provisioner.includes('/')
}

/** Why a provisioner does not make the volume, in its own words; undefined when it does. */
export function provisionFault({ provisioner, claim, node }: ProvisionOrder): string | undefined {
  if (provisioner !== LOCAL_PATH) return undefined
  if (!node) return 'configuration error, no node was specified'
  const isSingle = (claim.spec.accessModes ?? []).every(
    (mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod',
  )
  return isSingle
    ? undefined
    : 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes'
}

/** Name of the volume that is made for a claim. */
export function volumeNameOf({ metadata }: PersistentVolumeClaim): string {
  return `pvc-${metadata.uid ?? ''}`
}

/**
 * The volume that a provisioner makes for a claim. Source: kubernetes-csi/external-provisioner
 * pkg/controller, rancher/local-path-provisioner.
 */
export function provisionedVolume(order: ProvisionOrder): PersistentVolume {
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

/** Where the volume can be used: everywhere when undefined. */
function topologyOf(order: ProvisionOrder): readonly Requirement[] | undefined {
  const { provisioner, node, csiNode, storageClass, anyZone } = order
  const labels = node?.metadata.labels ?? {}
  if (provisioner === LOCAL_PATH) return [{ key: HOSTNAME, operator: 'In', values: [labels[HOSTNAME] ?? ''] }]
  if (!isCsiDriver(provisioner)) return undefined
  const keys = csiNode?.spec.drivers.find(({ name }) => name === provisioner)?.topologyKeys ?? []
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
