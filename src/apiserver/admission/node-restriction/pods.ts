import { quote } from '../../../lang/go/quote.js'
import { isMirrorPod } from '../../../api/core/conditions.js'
import { containersOf } from '../../../api/core/pods/pod-containers.js'
import type { Node, Pod, Volume } from '../../../api/core/generated.js'
import { semanticEqual } from '../../../api/kind/equal.js'
import { notFound } from '../../errors.js'
import { type NodeWrite, objectOf, oldOf, refuse } from './check.js'
import type { Minor } from '../../../api/releases.js'

/**
 * Checks a node's write to a pod: it may create and delete its mirror pods, write the status of its pods, and
 * evict them.
 */
export function checkPod(write: NodeWrite): void {
  const {
    node,
    attributes: { operation, subresource },
  } = write
  switch (subresource) {
    case '':
      if (operation === 'CREATE') return checkMirrorPod(write)
      if (operation === 'DELETE')
        return checkOwn(write, `node ${quote(node)} can only delete pods with spec.nodeName set to itself`)
      return refuse(
        write,
        `unexpected operation ${quote(operation)}, node ${quote(node)} can only create and delete ` +
          'mirror pods',
      )
    case 'status':
      return checkStatus(write)
    case 'eviction':
      return checkEviction(write)
    default:
      return refuse(
        write,
        `unexpected pod subresource ${quote(subresource)}, only 'status' and 'eviction' are allowed`,
      )
  }
}

function checkMirrorPod(write: NodeWrite): void {
  const pod = objectOf<Pod>(write)
  const node = quote(write.node)
  if (!isMirrorPod(pod)) {
    refuse(
      write,
      `pod does not have "kubernetes.io/config.mirror" annotation, node ${node} can only create mirror pods`,
    )
  }
  if (pod.spec.nodeName !== write.node)
    refuse(write, `node ${node} can only create pods with spec.nodeName set to itself`)
  checkOwner(write, pod)
  const found = apiReference(pod, write.minor)
  if (found !== undefined) refuse(write, `node ${node} can not create pods that reference ${found}`)
}

function checkOwner(write: NodeWrite, { metadata: { ownerReferences = [] } }: Pod): void {
  const node = quote(write.node)
  const [owner, ...others] = ownerReferences
  if (others.length > 0)
    refuse(write, `node ${node} can only create pods with a single owner reference set to itself`)
  if (
    owner === undefined ||
    owner.apiVersion !== 'v1' ||
    owner.kind !== 'Node' ||
    owner.name !== write.node
  ) {
    return refuse(write, `node ${node} can only create pods with an owner reference set to itself`)
  }
  if (owner.controller !== true)
    refuse(write, `node ${node} can only create pods with a controller owner reference set to itself`)
  if (owner.blockOwnerDeletion === true)
    refuse(write, `node ${node} must not set blockOwnerDeletion on an owner reference`)
  const stored = write.context.get<Node>('nodes', '', write.node)
  if (stored === undefined) throw notFound({ group: '', resource: 'nodes' }, write.node)
  const { uid = '' } = stored.metadata
  if (owner.uid !== uid) refuse(write, `node ${write.node} UID mismatch: expected ${owner.uid} got ${uid}`)
}

function checkOwn(write: NodeWrite, why: string): void {
  if (oldOf<Pod>(write).spec.nodeName !== write.node) refuse(write, why)
}

function checkStatus(write: NodeWrite): void {
  const {
    node,
    attributes: { operation },
  } = write
  if (operation !== 'UPDATE') refuse(write, `unexpected operation ${quote(operation)}`)
  checkOwn(write, `node ${quote(node)} can only update pod status for pods with spec.nodeName set to itself`)
  const [old, next] = [oldOf<Pod>(write), objectOf<Pod>(write)]
  if (!semanticEqual(old.metadata.labels ?? {}, next.metadata.labels ?? {}))
    refuse(write, `node ${quote(node)} cannot update labels through pod status`)
  if (!semanticEqual(old.status.resourceClaimStatuses, next.status.resourceClaimStatuses)) {
    refuse(write, `node ${quote(node)} cannot update resource claim statues`)
  }
  if (!semanticEqual(old.status.extendedResourceClaimStatus, next.status.extendedResourceClaimStatus)) {
    refuse(write, `node ${quote(node)} cannot update extended resource claim status`)
  }
}

function checkEviction(write: NodeWrite): void {
  const {
    node,
    context,
    attributes: { namespace, name },
  } = write
  const pod = context.get<Pod>('pods', namespace, name)
  if (pod === undefined) throw notFound({ group: '', resource: 'pods' }, name)
  if (pod.spec.nodeName !== node)
    refuse(write, `node ${node} can only evict pods with spec.nodeName set to itself`)
}

/** First minor that checks every kind of reference (PreventStaticPodAPIReferences). */
const ALL_REFERENCES_SINCE: Minor = 34

/**
 * Returns the kind of API object to which a pod refers, as the refusal of a mirror pod names it, or
 * undefined. Source: pkg/api/pod/util.go HasAPIObjectReference; before v1.34
 * plugin/pkg/admission/noderestriction admitPodCreate.
 */
function apiReference(pod: Pod, minor: Minor): string | undefined {
  const all = minor >= ALL_REFERENCES_SINCE
  const { serviceAccountName = '', resourceClaims = [], volumes = [] } = pod.spec
  if (serviceAccountName !== '') return all ? 'serviceaccounts' : 'a service account'
  if (namesSecret(pod)) return 'secrets'
  if (namesConfigMap(pod)) return 'configmaps'
  if (all && resourceClaims.length > 0) return 'resourceclaims'
  if (
    !all &&
    volumes.some(({ projected }) =>
      projected?.sources?.some(({ clusterTrustBundle }) => clusterTrustBundle !== undefined),
    )
  ) {
    return 'clustertrustbundles'
  }
  for (const volume of volumes) {
    const found = all
      ? ofVolume(volume)
      : volume.persistentVolumeClaim === undefined
        ? undefined
        : 'persistentvolumeclaims'
    if (found !== undefined) return found
  }
  return undefined
}

function ofVolume({
  csi,
  glusterfs,
  persistentVolumeClaim,
  ephemeral,
  projected,
}: Volume): string | undefined {
  if (csi !== undefined) return 'csidrivers (via CSI volumes)'
  if (glusterfs !== undefined) return 'endpoints (via glusterFS volumes)'
  if (persistentVolumeClaim !== undefined) return 'persistentvolumeclaims'
  if (ephemeral !== undefined) return 'persistentvolumeclaims (via ephemeral volumes)'
  for (const { serviceAccountToken, clusterTrustBundle, podCertificate } of projected?.sources ?? []) {
    if (serviceAccountToken !== undefined) return 'serviceaccounts (via projected volumes)'
    if (clusterTrustBundle !== undefined) return 'clustertrustbundles'
    if (podCertificate !== undefined) return 'podcertificates'
  }
  return undefined
}

/** Source: pkg/api/v1/pod/util.go VisitPodSecretNames. */
function namesSecret(pod: Pod): boolean {
  const { imagePullSecrets = [], volumes = [] } = pod.spec
  return (
    imagePullSecrets.length > 0 ||
    containersOf(pod).some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined) ||
        envFrom.some(({ secretRef }) => secretRef !== undefined),
    ) ||
    volumes.some(
      ({ azureFile, cephfs, cinder, flexVolume, projected, rbd, secret, scaleIO, iscsi, storageos, csi }) =>
        azureFile !== undefined ||
        secret !== undefined ||
        projected?.sources?.some((source) => source.secret !== undefined) === true ||
        [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].some(
          (source) => source?.secretRef !== undefined,
        ) ||
        csi?.nodePublishSecretRef !== undefined,
    )
  )
}

/** Source: pkg/api/v1/pod/util.go VisitPodConfigmapNames. */
function namesConfigMap(pod: Pod): boolean {
  return (
    containersOf(pod).some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.configMapKeyRef !== undefined) ||
        envFrom.some(({ configMapRef }) => configMapRef !== undefined),
    ) ||
    (pod.spec.volumes ?? []).some(
      ({ configMap, projected }) =>
        configMap !== undefined ||
        projected?.sources?.some((source) => source.configMap !== undefined) === true,
    )
  )
}
