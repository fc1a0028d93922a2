import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import { invalid as invalidField } from '../../api/field-error.js'
import type { AdmissionPlugin } from '../../apiserver/admission/plugin.js'
import { invalid } from '../../apiserver/errors.js'
import { parseRequest } from '../../pki/request.js'

/**
 * Refuses a new CertificateSigningRequest that its own key has not signed. Upstream does so in the kind's
 * validation, which knows no keys here. Source: pkg/apis/certificates/validation validateCSR.
 */
export const requestProof: AdmissionPlugin = {
  name: 'CertificateSigningRequestProof',
  resources: ['certificatesigningrequests'],
  validate: ({ operation, object, subresource }) => {
    if (operation !== 'CREATE' || subresource !== '' || object === undefined) return
    const { metadata, spec } = object as CertificateSigningRequest
    const fault = faultOf(spec.request)
    if (fault === undefined) return
    const kind = { group: 'certificates.k8s.io', kind: 'CertificateSigningRequest' }
    throw invalid(kind, metadata.name ?? '', [invalidField('spec.request', spec.request, fault)])
  },
}

function faultOf(request: string): string | undefined {
  try {
    parseRequest(atob(request))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
