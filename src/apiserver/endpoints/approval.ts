import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import { approvalRules } from '../../api/certificates/certificate-signing-request.js'
import type { KindDefinition } from '../../api/definition.js'
import { erase } from '../../api/served-as.js'
import type { Call } from '../registry/context.js'

/**
 * The call with the rules of `certificatesigningrequests/approval` in the place of those of the kind: only
 * conditions may change.
 */
export function withApprovalRules(call: Call): Call {
  const original = call.resource.definition as unknown as KindDefinition<CertificateSigningRequest>
  const { prepareForUpdate } = approvalRules.strategy
  const definition: KindDefinition<CertificateSigningRequest> = {
    ...original,
    ...approvalRules,
    strategy: { ...original.strategy, ...(prepareForUpdate && { prepareForUpdate }) },
  }
  return { ...call, resource: { ...call.resource, definition: erase(definition) } }
}
