import type { CertificateRequest } from '../../api/certificates/pkcs10.js'
import {
  apiserverClientSigner,
  kubeletClientFault,
  kubeletClientSigner,
  kubeletServingSigner,
  legacyUnknownSigner,
} from '../../api/certificates/signers.js'

/** The signers that kube-controller-manager plays. */
export const signerNames: readonly string[] = [
  kubeletServingSigner,
  kubeletClientSigner,
  apiserverClientSigner,
  legacyUnknownSigner,
]

/**
 * Why a signer does not sign a request; undefined when it does. Source:
 * pkg/controller/certificates/signer/signer.go, getCSRVerificationFuncForSignerName.
 */
export function signerFault(
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
