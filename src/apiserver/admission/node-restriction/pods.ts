import { isMirrorPod } from '../../../api/core/conditions.js'
import type { Node, Pod } from '../../../api/core/generated.js'
import { semanticEqual } from '../../../api/equal.js'
import { notFound } from '../../errors.js'
import { apiReference } from './api-references.js'
import type { NodeWrite } from './check.js'
import { objectOf, oldOf, quoted, refuse } from './check.js'

/**
 * What a node may do with pods: make and delete its mirror pods, tell the status of those on it, and evict
 * them.
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
        return checkOwn(write, `node ${quoted(node)} can only delete pods with spec.nodeName set to itself`)
      return refuse(
        write,
        `unexpected operation ${quoted(operation)}, node ${quoted(node)} can only create and delete ` +
          'mirror pods',
      )
    case 'status':
      return checkStatus(write)
    case 'eviction':
      return checkEviction(write)
    default:
      return refuse(
        write,
        `unexpected pod subresource ${quoted(subresource)}, only 'status' and 'eviction' are allowed`,
      )
  }
}

function checkMirrorPod(write: NodeWrite): void {
  const pod = objectOf<Pod>(write)
  const node = quoted(write.node)
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
  const node = quoted(write.node)
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
  if (operation !== 'UPDATE') refuse(write, `unexpected operation ${quoted(operation)}`)
  checkOwn(write, `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`)
  const [old, next] = [oldOf<Pod>(write), objectOf<Pod>(write)]
  if (!semanticEqual(old.metadata.labels ?? {}, next.metadata.labels ?? {}))
    refuse(write, `node ${quoted(node)} cannot update labels through pod status`)
  if (!semanticEqual(old.status.resourceClaimStatuses, next.status.resourceClaimStatuses)) {
    refuse(write, `node ${quoted(node)} cannot update resource claim statues`)
  }
  if (!semanticEqual(old.status.extendedResourceClaimStatus, next.status.extendedResourceClaimStatus)) {
    refuse(write, `node ${quoted(node)} cannot update extended resource claim status`)
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
