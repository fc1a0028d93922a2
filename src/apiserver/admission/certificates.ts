/** The plugins and hooks of CertificateSigningRequests. Source: plugin/pkg/admission/certificates. */
import { quote } from '../../lang/go/quote.js'
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../api/certificates/generated.js'
import { DerError } from '../../api/certificates/der.js'
import { parseRequest } from '../../api/certificates/pkcs10.js'
import { apiserverClientSigner } from '../../api/certificates/signers.js'
import type { Draft } from '../../api/kind/draft.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { formatTime } from '../../lang/go/time.js'
import { forbidden } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'

const RESOURCE = 'certificatesigningrequests'

/**
 * Sets the requesting user of a new request, and the times of conditions. Upstream does so in the kind's
 * strategy, which knows neither user nor time here; therefore this plugin is the last that mutates.
 */
export const certificateRequests: AdmissionPlugin = {
  name: 'CertificateSigningRequestStrategy',
  resources: [RESOURCE, `${RESOURCE}/approval`, `${RESOURCE}/status`],
  mutate: ({ operation, object, old, user, subresource }, { now }) => {
    if (object === undefined) return
    const request = object as unknown as Draft<CertificateSigningRequest>
    if (operation === 'CREATE' && subresource === '') {
      const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...spec } = request.spec
      const { name, uid = '', groups = [], extra = {} } = user
      request.spec = {
        ...spec,
        username: name,
        ...(uid === '' ? {} : { uid }),
        ...(groups.length === 0 ? {} : { groups: [...groups] }),
        ...(Object.keys(extra).length === 0 ? {} : { extra: { ...extra } }),
      } as typeof request.spec
    } else if (subresource !== '' && request.status?.conditions !== undefined) {
      const before = (old as unknown as CertificateSigningRequest | undefined)?.status.conditions ?? []
      const conditions = request.status.conditions.map((each) =>
        withTimes(each as CertificateSigningRequestCondition, before, formatTime(now)),
      )
      request.status = { ...request.status, conditions } as typeof request.status
    }
  },
}

/** Source: pkg/registry/certificates/certificates/strategy.go populateConditionTimestamps. */
function withTimes(
  condition: CertificateSigningRequestCondition,
  before: readonly CertificateSigningRequestCondition[],
  now: string,
): CertificateSigningRequestCondition {
  const same = before.find(({ type, status }) => type === condition.type && status === condition.status)
  return {
    ...condition,
    lastUpdateTime: condition.lastUpdateTime ?? now,
    lastTransitionTime: condition.lastTransitionTime ?? same?.lastTransitionTime ?? now,
  }
}

/** Requires the right to `approve` for the signer of a request that is approved or denied. */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  resources: [`${RESOURCE}/approval`],
  validate: (attributes, context) => {
    const request = attributes.old as unknown as CertificateSigningRequest | undefined
    if (attributes.operation !== 'UPDATE' || request === undefined) return
    check(attributes, context, 'approve', request.spec.signerName)
  },
}

/** Requires the right to `sign` for the signer when a certificate or condition is set. */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  resources: [`${RESOURCE}/status`],
  validate: (attributes, context) => {
    const old = attributes.old as unknown as CertificateSigningRequest | undefined
    const request = attributes.object as unknown as CertificateSigningRequest | undefined
    if (attributes.operation !== 'UPDATE' || old === undefined || request === undefined) return
    const isSame =
      old.status.certificate === request.status.certificate &&
      semanticEqual(old.status.conditions, request.status.conditions)
    if (!isSame) check(attributes, context, 'sign', old.spec.signerName)
  },
}

/** Refuses requests for a client certificate of the group `system:masters`. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  resources: [RESOURCE],
  validate: (attributes) => {
    const request = attributes.object as unknown as CertificateSigningRequest | undefined
    if (attributes.operation !== 'CREATE' || request?.spec.signerName !== apiserverClientSigner) return
    const why = `use of ${apiserverClientSigner} signer with system:masters group is not allowed`
    if (organizationsOf(attributes, request).includes('system:masters')) throw refuse(attributes, why)
  },
}

function organizationsOf(
  attributes: AdmissionAttributes,
  { spec }: CertificateSigningRequest,
): readonly string[] {
  try {
    return parseRequest(spec.request).organizations
  } catch (error) {
    if (error instanceof DerError) throw refuse(attributes, `failed to parse CSR: ${error.message}`)
    throw error
  }
}

/**
 * Whether the user has the right for the signer itself or for all signers of its domain. Source:
 * pkg/apis/certificates/authorization IsAuthorizedForSignerName.
 */
function check(
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  verb: 'approve' | 'sign',
  signer: string,
): void {
  const domain = `${signer.split('/')[0] ?? ''}/*`
  const allowed = [signer, domain].some(
    (name) =>
      context.authorize(attributes.user, {
        verb,
        group: 'certificates.k8s.io',
        version: '*',
        resource: 'signers',
        name,
      }).allowed,
  )
  if (!allowed)
    throw refuse(attributes, `user not permitted to ${verb} requests with signerName ${quote(signer)}`)
}

function refuse({ definition: { group, resource }, name }: AdmissionAttributes, why: string): Error {
  return forbidden({ group, resource }, name, why)
}
