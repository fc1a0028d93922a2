import type { SubjectAccessReview } from '../../api/authorization/generated.js'
import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import type { Pkcs10Request } from '../../api/certificates/pkcs10.js'
import { parseRequest } from '../../api/certificates/pkcs10.js'
import { kubeletClientFault, kubeletClientSigner } from '../../api/certificates/signers.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { formatTime } from '../../lang/go/time.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { keyOf } from '../../client/informers/object-index.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { hasCondition, isIssued } from './conditions.js'

interface Recognizer {
  readonly recognizes: (csr: CertificateSigningRequest, request: Pkcs10Request) => boolean
  /** The subresource of certificatesigningrequests that the requestor must be allowed to create. */
  readonly permission: string
  readonly message: string
}

const isNodeClient = ({ spec }: CertificateSigningRequest, request: Pkcs10Request): boolean =>
  spec.signerName === kubeletClientSigner && kubeletClientFault(request, spec.usages ?? []) === undefined

const recognizers: readonly Recognizer[] = [
  {
    recognizes: (csr, request) => isNodeClient(csr, request) && csr.spec.username === request.commonName,
    permission: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  },
  {
    recognizes: isNodeClient,
    permission: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  },
]

/**
 * Creates the controller that approves requests for kubelet client certificates if the requestor may create
 * them. Source: pkg/controller/certificates/approver/sarapprove.go.
 */
export function createCsrApprovingController(): Component {
  return builtInController({
    name: controllerName('certificatesigningrequest-approving-controller'),
    identity: controllerIdentity('certificate-controller'),
    informers: { requests: { resource: 'certificatesigningrequests' } },
    queue: { name: 'requests', waitsForSync: false },
    setup: ({ host, informers: { requests } }) => ({
      on: { requests: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]) },
      reconcile(name) {
        const csr = requests.get(name)
        if (csr !== undefined) approve(host, csr)
      },
    }),
  })
}

function approve(host: ComponentHost, csr: CertificateSigningRequest): void {
  if (isIssued(csr) || hasCondition(csr, 'Approved') || hasCondition(csr, 'Denied')) return
  const request = readRequest(host, csr)
  if (request === undefined) return
  const found = recognizers.find(
    (recognizer) => recognizer.recognizes(csr, request) && isAuthorized(host, csr, recognizer.permission),
  )
  if (found === undefined) return
  const condition = {
    type: 'Approved',
    status: 'True',
    reason: 'AutoApproved',
    message: found.message,
    lastUpdateTime: formatTime(host.clock.now()),
  }
  const status = { ...csr.status, conditions: [...(csr.status.conditions ?? []), condition] }
  const next = { ...csr, status } as CertificateSigningRequest
  ignoreNotFound(() => host.client.update('certificatesigningrequests', next, { subresource: 'approval' }))
}

function readRequest(host: ComponentHost, csr: CertificateSigningRequest): Pkcs10Request | undefined {
  try {
    return parseRequest(csr.spec.request)
  } catch (error) {
    host.log(
      'error',
      `unable to parse csr "${csr.metadata.name ?? ''}": ` +
        `${error instanceof Error ? error.message : String(error)}`,
    )
    return undefined
  }
}

/** Whether the requestor may create `subresource` of certificatesigningrequests. */
function isAuthorized(
  host: ComponentHost,
  { spec }: CertificateSigningRequest,
  subresource: string,
): boolean {
  const { username = '', uid, groups, extra } = spec
  const review = {
    metadata: {},
    spec: {
      user: username,
      ...(uid === undefined ? {} : { uid }),
      ...(groups === undefined ? {} : { groups }),
      ...(extra === undefined ? {} : { extra }),
      resourceAttributes: {
        group: 'certificates.k8s.io',
        resource: 'certificatesigningrequests',
        verb: 'create',
        subresource,
        version: '*',
      },
    },
  }
  const response = host.client.create(
    'subjectaccessreviews.authorization.k8s.io',
    review as KubeObject,
  ) as SubjectAccessReview
  return response.status.allowed
}
