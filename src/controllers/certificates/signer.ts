import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import type { Pkcs10Request } from '../../api/certificates/pkcs10.js'
import { parseRequest } from '../../api/certificates/pkcs10.js'
import {
  apiserverClientSigner,
  kubeletClientFault,
  kubeletClientSigner,
  kubeletServingSigner,
  legacyUnknownSigner,
} from '../../api/certificates/signers.js'
import { formatTime } from '../../lang/go/time.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { keyOf } from '../../client/informers/object-index.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { hasCondition, isIssued } from './conditions.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** `--cluster-signing-duration`, in ms. */
const MAX_TTL = 365 * 24 * HOUR
const MIN_TTL = 10 * MINUTE

/** The input of {@link CsrSigningControllerOptions.sign}. */
interface SigningRequest {
  /** The request as PEM. */
  readonly request: string
  readonly usages: readonly string[]
  /** Lifetime of the certificate in ms; the CA shortens it to its own. */
  readonly ttl: number
  /** Virtual ms. */
  readonly now: number
}

/** Options of {@link createCsrSigningController}. */
interface CsrSigningControllerOptions {
  /** Signs with the cluster's CA and returns the certificate as PEM. @throws Error if it cannot. */
  readonly sign: (request: SigningRequest) => string
}

/**
 * Creates the controller that signs approved requests for Kubernetes' own signers. Source:
 * pkg/controller/certificates/signer/signer.go, pkg/controller/certificates/authority/policies.go.
 */
export function createCsrSigningController({ sign }: CsrSigningControllerOptions): Component {
  return builtInController({
    name: controllerName('certificatesigningrequest-signing-controller'),
    identity: controllerIdentity('certificate-controller'),
    informers: { requests: { resource: 'certificatesigningrequests' } },
    queue: { name: 'requests', waitsForSync: false },
    setup: ({ host, informers: { requests } }) => ({
      on: {
        requests: ({ type, object }) => (type !== 'DELETED' && isPending(object) ? [keyOf(object)] : []),
      },
      reconcile(name) {
        const csr = requests.get(name)
        if (csr !== undefined && isPending(csr)) signOrFail(host, csr, sign)
      },
    }),
  })
}

/** Whether the request is approved and still has to be signed. */
function isPending(csr: CertificateSigningRequest): boolean {
  return (
    signerNames.includes(csr.spec.signerName) &&
    hasCondition(csr, 'Approved') &&
    !hasCondition(csr, 'Denied') &&
    !hasCondition(csr, 'Failed') &&
    !isIssued(csr)
  )
}

function signOrFail(
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
  const ttl = Math.min(Math.max((expirationSeconds ?? Infinity) * SECOND, MIN_TTL), MAX_TTL)
  const pem = trySign(host, () => sign({ request: atob(request), usages, ttl, now }))
  if (pem !== undefined) write(host, csr, { certificate: btoa(pem) })
}

/** Runs `sign`; returns undefined if it fails. Upstream retries forever, but here a retry never succeeds. */
function trySign(host: ComponentHost, sign: () => string): string | undefined {
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

/** The signers that kube-controller-manager implements. */
const signerNames: readonly string[] = [
  kubeletServingSigner,
  kubeletClientSigner,
  apiserverClientSigner,
  legacyUnknownSigner,
]

/**
 * Returns why a signer refuses a request, or undefined if it signs it. Source:
 * pkg/controller/certificates/signer/signer.go, getCSRVerificationFuncForSignerName.
 */
function signerFault(signer: string, request: Pkcs10Request, usages: readonly string[]): string | undefined {
  switch (signer) {
    case kubeletServingSigner:
      return kubeletServingFault(request, usages)
    case kubeletClientSigner:
      return kubeletClientFault(request, usages)
    case apiserverClientSigner:
      return clientUsageFault(usages)
    default:
      return undefined // legacy-unknown signs every approved request
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
  { commonName, organizations, altNames }: Pkcs10Request,
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
