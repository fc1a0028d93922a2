/** The plugins and hooks of CertificateSigningRequests. Source: plugin/pkg/admission/certificates. */
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../api/certificates/generated.js'
import { DerError } from '../../api/certificates/der.js'
import { parseRequest } from '../../api/certificates/pkcs10.js'
import { apiserverClientSigner } from '../../api/certificates/signers.js'
import type { Draft } from '../../api/draft.js'
import { semanticEqual } from '../../api/equal.js'
import { formatTime } from '../../api/time.js'
import { forbidden } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'

const RESOURCE = 'certificatesigningrequests'

/**
 * What the strategy of the kind does with the user and the time of a request, which strategies here do not
 * know: a new request is from whoever posts it, and conditions have their times. It comes last of all that
 * mutate.
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

/** Who approves or denies a request must be allowed to `approve` for its signer. */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  resources: [`${RESOURCE}/approval`],
  validate: (attributes, context) => {
    const request = attributes.old as unknown as CertificateSigningRequest | undefined
    if (attributes.operation !== 'UPDATE' || request === undefined) return
    check(attributes, context, 'approve', request.spec.signerName)
  },
}

/** Who sets a certificate or a condition must be allowed to `sign` for its signer. */
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

/** Nobody gets a client certificate of `system:masters` by a request. */
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
 * The signer itself, or all signers of its domain. Source: pkg/apis/certificates/authorization
 * IsAuthorizedForSignerName.
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
    throw refuse(
      attributes,
      `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`,
    )
}

function refuse({ definition: { group, resource }, name }: AdmissionAttributes, why: string): Error {
  return forbidden({ group, resource }, name, why)
}
