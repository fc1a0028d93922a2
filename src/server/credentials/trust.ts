import type { SecureContextOptions } from 'node:tls'

/**
 * Returns the TLS options with which Node trusts a PEM text as Go does: every certificate in it, also one
 * that another authority has signed. OpenSSL alone trusts self-signed ones only, and envtest names the
 * serving certificate itself as `caBundle`. Without a text, the authorities of the system are trusted.
 * Source: crypto/x509 Certificate.Verify, whose roots are whatever is in the pool.
 */
export const trusting = (
  pem: SecureContextOptions['ca'],
): Pick<SecureContextOptions, 'ca' | 'allowPartialTrustChain'> =>
  pem === undefined || pem === '' ? {} : { ca: pem, allowPartialTrustChain: true }
