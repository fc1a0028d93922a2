import type { PolicyRule } from '../../api/rbac/generated.js'
import type { AccessAction } from '../evaluate.js'

/** The techniques that are searched. */
export type EscalationKind =
  | 'escalate'
  | 'bind'
  | 'impersonate'
  | 'mint-token'
  | 'read-token-secret'
  | 'create-token-secret'
  | 'create-pod'
  | 'create-workload'
  | 'edit-workload'
  | 'exec'
  | 'node-proxy'
  | 'approve-csr'
  | 'mutating-webhook'

/** A user and the groups that the credentials contain. */
export interface EscalationIdentity {
  readonly user: string
  readonly groups: readonly string[]
}

interface Step {
  /** A description in words. */
  readonly does: string
  /**
   * The actions that the step requires, all of which are allowed with the step's credential. Empty for steps
   * of others.
   */
  readonly needs: readonly AccessAction[]
  /** The credential used; by default the subject's own. */
  readonly as?: Credential
}

/** A request to the apiserver. */
export interface CallStep extends Step {
  readonly step: 'call'
  /** `somebody`: an administrator in the course of normal work. */
  readonly by: 'self' | 'somebody'
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT'
  /** Includes the query. A PATCH is a merge patch. */
  readonly path: string
  readonly body?: object
  /** The step whose response is the base of the body; `body` is merged into it. */
  readonly onto?: number
  /** The subject of a certificate request to be put into `spec.request`, base64-encoded. */
  readonly request?: { readonly commonName: string; readonly organizations: readonly string[] }
}

/** A command run in somebody else's container. */
export interface ExecStep extends Step {
  readonly step: 'exec'
  readonly namespace: string
  readonly pod: string
  readonly command: readonly string[]
}

/** Something that the subject's own code does in a container of a pod that it has created: reads a file. */
export interface InPodStep extends Step {
  readonly step: 'in-pod'
  readonly namespace: string
  /** Identifies the pod, by name or labels. It may take a while to run. */
  readonly pod: { readonly name: string } | { readonly labels: Readonly<Record<string, string>> }
  readonly file: string
}

/** One step of a path. */
export type EscalationStep = CallStep | ExecStep | InPodStep

/** The credential that the path yields. */
export type Credential =
  /** The subject's own, whose rights have increased. */
  | { readonly kind: 'own' }
  /** A credential with impersonation headers. */
  | {
      readonly kind: 'impersonation'
      readonly user: string
      readonly groups: readonly string[]
      readonly by?: Credential
    }
  /** A bearer token: the field of the step's response (base64 for `data.token`), or its whole output. */
  | { readonly kind: 'token'; readonly step: number; readonly field?: 'data.token' | 'status.token' }
  /** A client certificate: `status.certificate` of the step's response. */
  | { readonly kind: 'certificate'; readonly step: number }

/** A way for a subject to gain rights, as calls that can be executed. Plain JSON. */
export interface EscalationPath {
  readonly kind: EscalationKind
  readonly steps: readonly EscalationStep[]
  readonly credential: Credential
  /** The identity that the apiserver sees in the end. */
  readonly identity: EscalationIdentity
  /** An action that is allowed in the end and was not before. */
  readonly gains: AccessAction
  /** If the credential is the subject's own: the rules that it gets, in a namespace or ('') everywhere. */
  readonly added?: { readonly rules: readonly PolicyRule[]; readonly namespace: string }
  /** What a webhook of the subject must return for the path to work, and its URL. */
  readonly webhook?: { readonly url: string; readonly patch: readonly object[] }
}

/** The name of objects that paths create. */
export const CREATED_NAME = 'escalation-path'

/** Returns the part of a request path before the resource: `/api/v1/namespaces/office/`, `/apis/apps/v1/`. */
export function prefixOf(groupVersion: string, namespace: string): string {
  return (
    `/${groupVersion.includes('/') ? 'apis' : 'api'}/${groupVersion}/` +
    `${namespace === '' ? '' : `namespaces/${namespace}/`}`
  )
}

/** Concatenates two paths: the second one starts with the credential that the first one yields. */
export function joinPaths(first: EscalationPath, second: EscalationPath): EscalationPath {
  const before = first.steps.length
  const steps = second.steps.map((step) => shifted(step, first.credential, before))
  const { webhook = first.webhook } = second
  return {
    ...second,
    steps: [...first.steps, ...steps],
    credential: credentialAfter(second.credential, first.credential, before),
    ...(webhook === undefined ? {} : { webhook }),
  }
}

function shifted(step: EscalationStep, base: Credential, before: number): EscalationStep {
  const as = credentialAfter(step.as ?? { kind: 'own' }, base, before)
  return step.step === 'call' && step.onto !== undefined
    ? { ...step, as, onto: step.onto + before }
    : { ...step, as }
}

/** Renumbers the steps of a credential of the second path. */
function credentialAfter(credential: Credential, base: Credential, before: number): Credential {
  switch (credential.kind) {
    case 'own':
      return base
    case 'impersonation':
      return { ...credential, by: credentialAfter(credential.by ?? { kind: 'own' }, base, before) }
    case 'token':
    case 'certificate':
      return { ...credential, step: credential.step + before }
  }
}
