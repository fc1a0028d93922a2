import type { CertificateSigningRequest } from './generated.js'
import { parseRequest } from './pkcs10.js'
import type { Pkcs10Request } from './pkcs10.js'

/** Signs client certificates that the apiserver trusts. */
export const apiserverClientSigner = 'kubernetes.io/kube-apiserver-client'
/** Signs client certificates of kubelets. */
export const kubeletClientSigner = 'kubernetes.io/kube-apiserver-client-kubelet'
/** Signs serving certificates of kubelets. */
export const kubeletServingSigner = 'kubernetes.io/kubelet-serving'
/** The default signer of v1beta1. */
export const legacyUnknownSigner = 'kubernetes.io/legacy-unknown'

type Usages = readonly string[]

const SIGNING = 'digital signature'
const ENCIPHERMENT = 'key encipherment'

/** Whether the usages are exactly these; key encipherment is optional. */
function hasUsages(usages: Usages, last: string): boolean {
  const given = new Set(usages)
  given.delete(ENCIPHERMENT)
  return given.size === 2 && given.has(SIGNING) && given.has(last)
}

const isNodeSubject = ({ commonName, organizations }: Pkcs10Request): boolean =>
  organizations.length === 1 && organizations[0] === 'system:nodes' && commonName.startsWith('system:node:')

/**
 * Returns why a request is not one for a kubelet's client certificate, or undefined if it is. Source:
 * ValidateKubeletClientCSR.
 */
export function kubeletClientFault(request: Pkcs10Request, usages: Usages): string | undefined {
  const { commonName, organizations, altNames } = request
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes')
    return 'subject organization is not system:nodes'
  if (altNames.dns) return 'DNS subjectAltNames are not allowed'
  if (altNames.email) return 'Email subjectAltNames are not allowed'
  if (altNames.ip) return 'IP subjectAltNames are not allowed'
  if (altNames.uri) return 'URI subjectAltNames are not allowed'
  if (!commonName.startsWith('system:node:')) return 'subject common name does not begin with system:node:'
  return hasUsages(usages, 'client auth') ? undefined : 'usages did not match [client auth digital signature]'
}

/** Whether it is a request for a kubelet's serving certificate. Source: ValidateKubeletServingCSR. */
export function isKubeletServing(request: Pkcs10Request, usages: Usages): boolean {
  const { altNames } = request
  return (
    isNodeSubject(request) &&
    (altNames.dns || altNames.ip) &&
    !altNames.email &&
    !altNames.uri &&
    hasUsages(usages, 'server auth')
  )
}

/**
 * Returns the signer of a v1beta1 request without one. Source: pkg/apis/certificates/v1beta1/defaults.go
 * DefaultSignerNameFromSpec.
 */
export function defaultSigner({
  request,
  usages = [],
}: Pick<CertificateSigningRequest['spec'], 'request' | 'usages'>): string {
  try {
    const parsed = parseRequest(request)
    if (kubeletClientFault(parsed, usages) === undefined) return kubeletClientSigner
    return isKubeletServing(parsed, usages) ? kubeletServingSigner : legacyUnknownSigner
  } catch {
    return legacyUnknownSigner
  }
}
