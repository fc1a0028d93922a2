import { quote } from '../../../lang/go/quote.js'
import { DerError } from '../../../api/certificates/der.js'
import type { CertificateSigningRequest } from '../../../api/certificates/generated.js'
import { parseRequest } from '../../../api/certificates/pkcs10.js'
import { kubeletClientSigner, kubeletServingSigner } from '../../../api/certificates/signers.js'
import type { PersistentVolumeClaim } from '../../../api/core/generated.js'
import type { KubeObject } from '../../../api/kind/definition.js'
import { semanticEqual } from '../../../api/kind/equal.js'
import type { Minor } from '../../../api/releases.js'
import { nodeNameOf } from '../../authentication/node-identity.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.js'
import type { NodeWrite } from './check.js'
import { objectOf, oldOf, refuse } from './check.js'
import { checkNode } from './nodes.js'
import { checkPod } from './pods.js'
import { checkToken } from './tokens.js'

const LEASE_NAMESPACE = 'kube-node-lease'

/** First minor that checks the subject of a node's certificate requests. */
const REQUESTS_SINCE: Minor = 32

const RULES: Readonly<Record<string, (write: NodeWrite) => void>> = {
  pods: checkPod,
  nodes: checkNode,
  persistentvolumeclaims: checkClaim,
  serviceaccounts: checkToken,
  'leases.coordination.k8s.io': checkLease,
  'csinodes.storage.k8s.io': checkCsiNode,
  'resourceslices.resource.k8s.io': checkSlice,
  'certificatesigningrequests.certificates.k8s.io': checkRequest,
}

/**
 * Limits the writes of kubelets, beyond the node authorizer, to their own Node and lease, mirror pods, the
 * status of their pods and the tokens of these. kubeadm enables it. Source:
 * plugin/pkg/admission/noderestriction/admission.go.
 */
export function nodeRestriction(minor: Minor): AdmissionPlugin {
  const check = (attributes: AdmissionAttributes, context: AdmissionContext): void => {
    const node = nodeNameOf(attributes.user)
    if (node === undefined) return
    const write: NodeWrite = { node, attributes, context, minor }
    if (node === '') refuse(write, `could not determine node from user ${quote(attributes.user.name)}`)
    const { group, resource } = attributes.definition
    const id = group === '' ? resource : `${resource}.${group}`
    if (Object.hasOwn(RULES, id)) RULES[id]?.(write)
  }
  return {
    name: 'NodeRestriction',
    resources: [
      'pods',
      'pods/status',
      'pods/eviction',
      'pods/binding',
      'pods/ephemeralcontainers',
      'pods/resize',
      'nodes',
      'nodes/status',
      'persistentvolumeclaims',
      'persistentvolumeclaims/status',
      'serviceaccounts/token',
      'leases',
      'csinodes',
      'resourceslices',
      'certificatesigningrequests',
    ],
    mutate: (attributes, context) => {
      if (!isValidatedOnly(attributes)) check(attributes, context)
    },
    validate: (attributes, context) => {
      if (isValidatedOnly(attributes)) check(attributes, context)
    },
  }
}

/** Resources whose rules run in the validating phase only. */
const isValidatedOnly = ({ operation, subresource }: AdmissionAttributes): boolean =>
  operation === 'DELETE' || subresource === 'eviction'

/**
 * A node may change only the resize status of a claim. Upstream's text ends in a diff of unspecified form,
 * which is left out.
 */
function checkClaim(write: NodeWrite): void {
  const {
    node,
    attributes: { operation, subresource },
  } = write
  if (subresource !== 'status') refuse(write, 'may only update PVC status')
  if (operation !== 'UPDATE') refuse(write, `unexpected operation ${quote(operation)}`)
  if (semanticEqual(withoutResize(oldOf(write)), withoutResize(objectOf(write)))) return
  refuse(
    write,
    `node ${quote(node)} is not allowed to update fields other than status.quantity and status.conditions: `,
  )
}

function withoutResize(claim: PersistentVolumeClaim): object {
  const { resourceVersion: _version, managedFields: _managers, ...metadata } = claim.metadata
  const {
    capacity: _capacity,
    conditions: _conditions,
    allocatedResourceStatuses: _statuses,
    allocatedResources: _resources,
    ...status
  } = claim.status ?? {}
  return { ...claim, metadata, status }
}

function checkLease(write: NodeWrite): void {
  if (write.attributes.namespace !== LEASE_NAMESPACE)
    refuse(write, `can only access leases in the "${LEASE_NAMESPACE}" system namespace`)
  if (write.attributes.name !== write.node)
    refuse(write, 'can only access node lease with the same name as the requesting node')
}

function checkCsiNode(write: NodeWrite): void {
  if (write.attributes.name !== write.node)
    refuse(write, 'can only access CSINode with the same name as the requesting node')
}

function checkSlice(write: NodeWrite): void {
  const { operation } = write.attributes
  if (operation === 'UPDATE') return
  const slice = (operation === 'CREATE' ? objectOf(write) : oldOf(write)) as KubeObject & {
    readonly spec: { readonly nodeName?: string | null }
  }
  if (slice.spec.nodeName === write.node) return
  refuse(
    write,
    `can only ${operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`,
  )
}

/** A node may request certificates for its own name only. */
function checkRequest(write: NodeWrite): void {
  const {
    node,
    minor,
    attributes: { operation, subresource },
  } = write
  if (operation !== 'CREATE' || subresource !== '' || minor < REQUESTS_SINCE) return
  const { spec } = objectOf<CertificateSigningRequest>(write)
  if (spec.signerName !== kubeletServingSigner && spec.signerName !== kubeletClientSigner) return
  let name: string
  try {
    name = parseRequest(spec.request).commonName
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return refuse(write, `unable to parse csr: ${error.message}`)
  }
  if (name !== `system:node:${node}`) refuse(write, `can only create a node CSR with CN=system:node:${node}`)
}
