import { ageColumn, borrow, column, defineKind, nameColumn, withoutColumns } from '../kind/define.js'
import type { KindDefinition, SubresourceDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { humanDuration } from '../../lang/go/duration.js'
import type { CertificateSigningRequest } from './generated.js'
import { defaultSigner } from './signers.js'
import type { Allowances } from './validation.js'
import { validateRequest, validateRequestUpdate } from './validation.js'

type Request = CertificateSigningRequest

/** API group of CertificateSigningRequests. */
export const certificatesGroup = 'certificates.k8s.io'

const subresource = (name: string): SubresourceDefinition => ({
  name,
  kind: 'CertificateSigningRequest',
  group: certificatesGroup,
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
})

/**
 * certificates.k8s.io/v1 CertificateSigningRequest. The admission plugin `certificateRequests`, which knows
 * the user and the time, sets the requesting user (`spec.username` and so on) and the times of conditions.
 * Source: pkg/registry/certificates/certificates/strategy.go.
 */
export const certificateSigningRequestDefinition: KindDefinition<Request> = defineKind<Request>({
  group: certificatesGroup,
  version: 'v1',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  storagePrefix: '/registry/certificatesigningrequests',
  subresources: [subresource('approval'), subresource('status')],
  validateName: () => [],
  inRelease: (definition, { has }) => {
    if (has('certificateDurationColumn')) return definition
    const later = has('certificateSignerColumn') ? [] : ['SignerName']
    return withoutColumns(definition, 'RequestedDuration', ...later)
  },
  validate: (request) => validateRequest(request),
  validateUpdate: (next, old) => validateRequestUpdate(next, old, 'main'),
  strategy: {
    metaOnUpdate: [1, 1],
    resetFields: { '': [['spec'], ['status']], status: [['spec'], ['status', 'conditions']] },
    prepareForCreate: (draft) => {
      draft.status = {}
    },
    prepareForUpdate: (draft, old) => {
      draft.spec = borrow(old.spec)
      draft.status = borrow(old.status)
    },
    prepareForStatusUpdate: (draft, old) => {
      draft.spec = borrow(old.spec)
    },
    validateStatusUpdate: (next, old) => validateRequestUpdate(next, old, 'status'),
  },
  columns: [
    nameColumn(),
    ageColumn(),
    column('SignerName', ({ spec }) => (spec.signerName === '' ? '<none>' : spec.signerName)),
    column('Requestor', ({ spec }) => spec.username ?? ''),
    column('RequestedDuration', ({ spec }) =>
      spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    ),
    column('Condition', conditionText),
  ],
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
})

/** `Approved,Issued` */
function conditionText({ status: { conditions = [], certificate } }: Request): string {
  const has = (type: string): boolean => conditions.some((condition) => condition.type === type)
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${verdict}${has('Failed') ? ',Failed' : ''}${(certificate ?? '') === '' ? '' : ',Issued'}`
}

/** The rules of `/approval`: only the conditions may change. */
export const approvalRules: Pick<KindDefinition<Request>, 'validateUpdate' | 'strategy'> = {
  validateUpdate: (next, old) => validateRequestUpdate(next, old, 'approval'),
  strategy: {
    resetFields: { approval: [['spec'], ['status', 'certificate']] },
    prepareForUpdate: (draft, old) => {
      const { conditions } = draft.status
      draft.spec = borrow(old.spec)
      draft.status = { ...borrow(old.status), ...(conditions === undefined ? {} : { conditions }) }
      if (conditions === undefined) delete draft.status.conditions
    },
  },
}

/** Leniencies of v1beta1. */
const BETA_ALLOWANCES: Allowances = {
  legacySigner: true,
  unknownUsages: true,
  duplicateUsages: true,
  emptyConditionType: true,
  bothVerdicts: true,
  duplicateConditions: true,
  arbitraryCertificate: true,
}

/**
 * certificates.k8s.io/v1beta1: usages, signer and the status of conditions have defaults. Source:
 * pkg/apis/certificates/v1beta1.
 */
export const betaDefinition: KindDefinition<Request> = {
  ...certificateSigningRequestDefinition,
  version: 'v1beta1',
  subresources: certificateSigningRequestDefinition.subresources.map((each) => ({
    ...each,
    version: 'v1beta1',
  })),
  setDefaults: (draft: Draft<Request>) => {
    draft.spec.usages ??= ['digital signature', 'key encipherment']
    if ((draft.spec.signerName ?? '') === '')
      draft.spec.signerName = defaultSigner(draft.spec as Request['spec'])
    for (const condition of draft.status.conditions ?? [])
      if ((condition.status ?? '') === '') condition.status = 'True'
  },
  validate: (request) => validateRequest(request, BETA_ALLOWANCES),
  stored: {
    group: certificatesGroup,
    version: 'v1',
    encode: (request) => ({ ...request, apiVersion: `${certificatesGroup}/v1` }),
    decode: (stored) => ({ ...(stored as Request), apiVersion: `${certificatesGroup}/v1beta1` }),
  },
}
