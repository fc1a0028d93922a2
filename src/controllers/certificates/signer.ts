import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import type { CertificateRequest } from '../../api/certificates/pkcs10.js'
import { parseRequest } from '../../api/certificates/pkcs10.js'
import {
  apiserverClientSigner,
  kubeletClientFault,
  kubeletClientSigner,
  kubeletServingSigner,
  legacyUnknownSigner,
} from '../../api/certificates/signers.js'
import { formatTime } from '../../api/time.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { hasCondition, isIssued } from './conditions.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** --cluster-signing-duration */
const LONGEST = 365 * 24 * HOUR
const SHORTEST = 10 * MINUTE

/** What is to be signed. */
interface SigningRequest {
  /** The PEM of the request. */
  readonly request: string
  readonly usages: readonly string[]
  /** Life in ms; the authority cuts it to its own end. */
  readonly ttl: number
  /** Virtual ms. */
  readonly now: number
}

/** What the signing controller has to be told. */
interface CsrSigningControllerOptions {
  /** Signs with the cluster's CA; answers PEM. Throws Error when it cannot. */
  readonly sign: (request: SigningRequest) => string
}

/**
 * Signs approved requests for the four signers of Kubernetes. Source:
 * pkg/controller/certificates/signer/signer.go, pkg/controller/certificates/authority/policies.go.
 */
export function createCsrSigningController({ sign }: CsrSigningControllerOptions): Component {
  return {
    name: controllerName('certificatesigningrequest-signing-controller'),
    identity: controllerIdentity('certificate-controller'),
    setup: (host) => {
      const requests = host.informer('certificatesigningrequests')
      const queue = host.workQueue('requests', (name) => {
        const csr = requests.get(name)
        if (csr !== undefined && isDue(csr)) answer(host, csr, sign)
        queue.forget(name)
      })
      requests.onChange(({ type, object }) => {
        if (type !== 'DELETED' && isDue(object)) queue.add(object.metadata.name as string)
      })
    },
  }
}

function isDue(csr: CertificateSigningRequest): boolean {
  return (
    signerNames.includes(csr.spec.signerName) &&
    hasCondition(csr, 'Approved') &&
    !hasCondition(csr, 'Denied') &&
    !hasCondition(csr, 'Failed') &&
    !isIssued(csr)
  )
}

function answer(
  host: ComponentHost,
  csr: CertificateSigningRequest,
  sign: CsrSigningControllerOptions['sign'],
): void {
  const { signerName, usages = [], request, expirationSeconds } = csr.spec
  const now = host.clock.now()
  const fault = signerFault(signerName, parseRequest(request), usages)
  if (fault !== undefined) {
    const condition = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message: fault,
      lastUpdateTime: formatTime(now),
    }
    return write(host, csr, { conditions: [...(csr.status.conditions ?? []), condition] })
  }
  const ttl = Math.min(Math.max((expirationSeconds ?? Infinity) * SECOND, SHORTEST), LONGEST)
  const pem = signed(host, () => sign({ request: atob(request), usages, ttl, now }))
  if (pem !== undefined) write(host, csr, { certificate: btoa(pem) })
}

/** Upstream tries again for ever what cannot be signed; nothing would come of it here. */
function signed(host: ComponentHost, sign: () => string): string | undefined {
  try {
    return sign()
  } catch (error) {
    host.log('error', `error auto signing csr: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function write(host: ComponentHost, csr: CertificateSigningRequest, part: object): void {
  const next = { ...csr, status: { ...csr.status, ...part } }
  ignoreNotFound(() => host.client.updateStatus('certificatesigningrequests', next))
}

/** The signers that kube-controller-manager plays. */
const signerNames: readonly string[] = [
  kubeletServingSigner,
  kubeletClientSigner,
  apiserverClientSigner,
  legacyUnknownSigner,
]

/**
 * Why a signer does not sign a request; undefined when it does. Source:
 * pkg/controller/certificates/signer/signer.go, getCSRVerificationFuncForSignerName.
 */
function signerFault(
  signer: string,
  request: CertificateRequest,
  usages: readonly string[],
): string | undefined {
  switch (signer) {
    case kubeletServingSigner:
      return kubeletServingFault(request, usages)
    case kubeletClientSigner:
      return kubeletClientFault(request, usages)
    case apiserverClientSigner:
      return clientUsageFault(usages)
    default:
      return undefined // legacy-unknown signs whatever was approved
  }
}

/** Source: validAPIServerClientUsages. */
function clientUsageFault(usages: readonly string[]): string | undefined {
  const optional = ['digital signature', 'key encipherment']
  const odd = usages.find((usage) => usage !== 'client auth' && !optional.includes(usage))
  if (odd !== undefined) return `invalid usage for client certificate: ${odd}`
  return usages.includes('client auth')
    ? undefined
    : 'missing required usage for client certificate: client auth'
}

/** Source: pkg/apis/certificates/helpers.go ValidateKubeletServingCSR. */
function kubeletServingFault(
  { commonName, organizations, altNames }: CertificateRequest,
  usages: readonly string[],
): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes')
    return 'subject organization is not system:nodes'
  if (!altNames.dns && !altNames.ip) return 'DNS or IP subjectAltName is required'
  if (altNames.email) return 'Email subjectAltNames are not allowed'
  if (altNames.uri) return 'URI subjectAltNames are not allowed'
  const wanted = new Set(usages)
  wanted.delete('key encipherment')
  const fits = wanted.size === 2 && wanted.has('digital signature') && wanted.has('server auth')
  if (!fits) return 'usages did not match [digital signature key encipherment server auth]'
  return commonName.startsWith('system:node:')
    ? undefined
    : 'subject common name does not begin with system:node:'
}
