import type { KindDefinition } from '../kind/definition.js'
import { served } from '../kind/served-as.js'
import { betaDefinition, certificateSigningRequestDefinition } from './certificate-signing-request.js'

/** The kinds of certificates.k8s.io. */
export const certificatesDefinitions: readonly KindDefinition[] = [
  served(certificateSigningRequestDefinition, { since: 19 }),
  served(betaDefinition, { until: 22 }),
]
