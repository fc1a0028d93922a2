/** Paths to another identity: impersonation, tokens, certificates. */
import type { Secret } from '../../api/core/generated.js'
import type { AccessAction } from '../evaluate.js'
import { change, creation, reading } from './change.js'
import type { EscalationIdentity, EscalationPath } from './path.js'
import { CREATED_NAME } from './path.js'
import type { Account, SubjectView } from './subject-view.js'
import { accountIdentity } from './subject-view.js'

const MASTERS = 'system:masters'
const AUTHENTICATED = 'system:authenticated'
const ACCOUNT_NAME = 'kubernetes.io/service-account.name'
const TOKEN_TYPE = 'kubernetes.io/service-account-token'
const SIGNER = 'kubernetes.io/kube-apiserver-client'
const CERTIFICATES = 'certificates.k8s.io'

const impersonating = (resource: string, name: string, namespace?: string): AccessAction => ({
  verb: 'impersonate',
  apiGroup: '',
  resource,
  name,
  ...(namespace === undefined ? {} : { namespace }),
})

interface ImpersonatedIdentity {
  readonly identity: EscalationIdentity
  readonly needs: readonly AccessAction[]
  /** The groups in the headers. */
  readonly groups: readonly string[]
}

/** Finds users, groups and service accounts that the subject may `impersonate`. */
export function impersonations(view: SubjectView): readonly EscalationPath[] {
  const masks = impersonatedIdentities(view).filter(({ needs }) => view.may(...needs))
  return view
    .stronger(masks, ({ identity }) => identity)
    .map(({ of: { groups, needs }, identity, gains }) => ({
      kind: 'impersonate',
      identity,
      gains,
      credential: { kind: 'impersonation', user: identity.user, groups },
      steps: [
        {
          step: 'call',
          by: 'self',
          as: { kind: 'impersonation', user: identity.user, groups },
          does: `act as ${groups.length === 0 ? identity.user : `${identity.user} of ${groups.join(', ')}`}`,
          needs,
          method: 'POST',
          path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
          body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
        },
      ],
    }))
}

function impersonatedIdentities(view: SubjectView): readonly ImpersonatedIdentity[] {
  const users = [...new Set([...view.subjects('User').map(({ name }) => name), view.self.user, CREATED_NAME])]
  const groups = [...new Set([MASTERS, ...view.subjects('Group').map(({ name }) => name)])]
  const someone = users.find((user) => view.may(impersonating('users', user)))
  const accounts = [
    ...view.accounts(),
    ...view.subjects('ServiceAccount').map(({ name, namespace = '' }) => ({ namespace, name })),
  ]
  return [
    ...(someone === undefined
      ? []
      : groups.map((group) => ({
          identity: { user: someone, groups: [group, AUTHENTICATED] },
          groups: [group],
          needs: [impersonating('users', someone), impersonating('groups', group)],
        }))),
    ...users.map((user) => ({
      identity: { user, groups: [AUTHENTICATED] },
      groups: [],
      needs: [impersonating('users', user)],
    })),
    ...accounts.map((account) => ({
      identity: accountIdentity(account),
      groups: [],
      needs: [impersonating('serviceaccounts', account.name, account.namespace)],
    })),
  ]
}

/**
 * Finds service accounts whose tokens the subject can request. An account that bindings name but that does
 * not exist is created first.
 */
export function mintedTokens(view: SubjectView): readonly EscalationPath[] {
  const there = new Set(view.accounts().map(({ namespace, name }) => `${namespace}/${name}`))
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const steps = ({ namespace, name }: Account): EscalationPath['steps'] => {
    const place = { groupVersion: 'v1', resource: 'serviceaccounts', namespace, name }
    const token = creation(view, { ...place, subresource: 'token' }, body)
    if (token === undefined || there.has(`${namespace}/${name}`)) return token === undefined ? [] : [token]
    const made = creation(view, place, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })
    return made === undefined ? [] : [made, token]
  }
  const bound = view.subjects('ServiceAccount').map(({ name, namespace = '' }) => ({ namespace, name }))
  const accounts = [
    ...view.accounts(),
    ...bound.filter(({ namespace, name }) => !there.has(`${namespace}/${name}`)),
  ]
  return view
    .stronger(
      accounts.filter((account) => steps(account).length > 0),
      accountIdentity,
    )
    .map(({ of, identity, gains }) => {
      const calls = steps(of)
      return {
        kind: 'mint-token',
        identity,
        gains,
        steps: calls,
        credential: { kind: 'token', step: calls.length - 1, field: 'status.token' },
      }
    })
}

/** Finds tokens in Secrets that the subject can read. */
export function readSecrets(view: SubjectView): readonly EscalationPath[] {
  const place = ({
    metadata: { name = '', namespace = '' },
  }: Secret): { namespace: string; name: string; groupVersion: string; resource: string } => ({
    groupVersion: 'v1',
    resource: 'secrets',
    namespace,
    name,
  })
  const secrets = view
    .ofKind<Secret>('Secret')
    .filter((secret) => secret.type === TOKEN_TYPE && reading(view, place(secret)) !== undefined)
  const identityOf = ({ metadata: { namespace = '', annotations = {} } }: Secret): EscalationIdentity =>
    accountIdentity({ namespace, name: annotations[ACCOUNT_NAME] ?? '' })
  return view.stronger(secrets, identityOf).flatMap(({ of, identity, gains }) => {
    const read = reading(view, place(of))
    return read === undefined
      ? []
      : [
          {
            kind: 'read-token-secret',
            identity,
            gains,
            steps: [read],
            credential: { kind: 'token', step: 0, field: 'data.token' },
          },
        ]
  })
}

/** Finds service accounts for which the subject can create a token Secret and then read it. */
export function createdSecrets(view: SubjectView): readonly EscalationPath[] {
  const steps = ({ namespace, name }: Account): EscalationPath['steps'] | undefined => {
    const place = { groupVersion: 'v1', resource: 'secrets', namespace, name: CREATED_NAME }
    const made = creation(view, place, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: CREATED_NAME, annotations: { [ACCOUNT_NAME]: name } },
      type: TOKEN_TYPE,
    })
    const read = reading(view, place)
    return made === undefined || read === undefined ? undefined : [made, read]
  }
  return view
    .stronger(
      view.accounts().filter((account) => steps(account) !== undefined),
      accountIdentity,
    )
    .map(({ of, identity, gains }) => ({
      kind: 'create-token-secret',
      identity,
      gains,
      steps: steps(of) ?? [],
      credential: { kind: 'token', step: 1, field: 'data.token' },
    }))
}

/**
 * Finds names for which the subject can request a client certificate, approve it, and read it.
 * `system:masters` is excluded, because signing refuses it.
 */
export function certificates(view: SubjectView): readonly EscalationPath[] {
  const place = {
    groupVersion: `${CERTIFICATES}/v1`,
    resource: 'certificatesigningrequests',
    namespace: '',
    name: CREATED_NAME,
  }
  const approve = { verb: 'approve', apiGroup: CERTIFICATES, resource: 'signers', name: SIGNER }
  const any = { ...approve, name: `${SIGNER.split('/')[0] ?? ''}/*` }
  const made = creation(view, place, {
    apiVersion: place.groupVersion,
    kind: 'CertificateSigningRequest',
    metadata: { name: CREATED_NAME },
    spec: { signerName: SIGNER, usages: ['client auth'] },
  })
  const condition = {
    type: 'Approved',
    status: 'True',
    reason: 'EscalationPath',
    message: 'approved by its own author',
  }
  const approved = change(
    view,
    { ...place, subresource: 'approval' },
    { status: { conditions: [condition] } },
    1,
  )
  const read = reading(view, place)
  const need = [approve, any].find((question) => view.may(question))
  if (made === undefined || approved === undefined || read === undefined || need === undefined) return []
  const identities = [
    ...view.subjects('User').map(({ name }) => ({ user: name, groups: [AUTHENTICATED] })),
    ...view
      .subjects('Group')
      .filter(({ name }) => name !== MASTERS)
      .map(({ name }) => ({ user: CREATED_NAME, groups: [name, AUTHENTICATED] })),
  ]
  return view
    .stronger(identities, (identity) => identity)
    .map(({ identity, gains }) => {
      const organizations = identity.groups.filter((group) => group !== AUTHENTICATED)
      const steps = [
        { ...made, request: { commonName: identity.user, organizations } },
        ...approved.map((step) => ({ ...step, needs: [...step.needs, need] })),
        read,
      ]
      return {
        kind: 'approve-csr',
        identity,
        gains,
        steps,
        credential: { kind: 'certificate', step: steps.length - 1 },
      }
    })
}
