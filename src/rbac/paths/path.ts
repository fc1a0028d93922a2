import type { AccessQuestion } from '../evaluate.js'

/** The ways to more rights that are looked for. */
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

/** Who it is: a user and the groups that their credentials say. */
export interface EscalationIdentity {
  readonly user: string
  readonly groups: readonly string[]
}

interface Step {
  /** What it does, in words. */
  readonly does: string
  /**
   * What one must be allowed for it, with the credential of the step; each is allowed. Empty for what others
   * do.
   */
  readonly needs: readonly AccessQuestion[]
  /** With which credential; default one's own. */
  readonly as?: Credential
}

/** One request to the apiserver. */
export interface CallStep extends Step {
  readonly step: 'call'
  /** `somebody`: an administrator who goes about their work. */
  readonly by: 'self' | 'somebody'
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT'
  /** With the query. A PATCH is a merge patch. */
  readonly path: string
  readonly body?: object
  /** The step whose answer is the body, with `body` laid over it. */
  readonly onto?: number
  /** A certificate request for this subject belongs into `spec.request`, base64. */
  readonly request?: { readonly commonName: string; readonly organizations: readonly string[] }
}

/** A command in somebody else's container. */
export interface ExecStep extends Step {
  readonly step: 'exec'
  readonly namespace: string
  readonly pod: string
  readonly command: readonly string[]
}

/** What the subject's own code does in a container of a pod that it had made: it reads a file. */
export interface InPodStep extends Step {
  readonly step: 'in-pod'
  readonly namespace: string
  /** Finds the pod, by name or by labels; it may take a while until it runs. */
  readonly pod: { readonly name: string } | { readonly labels: Readonly<Record<string, string>> }
  readonly file: string
}

/** One step of a path. */
export type EscalationStep = CallStep | ExecStep | InPodStep

/** The credential that one has in the end. */
export type Credential =
  /** One's own, whose rights have grown. */
  | { readonly kind: 'own' }
  /** One's own, or another, with the headers that say so. */
  | {
      readonly kind: 'impersonation'
      readonly user: string
      readonly groups: readonly string[]
      readonly by?: Credential
    }
  /**
   * A bearer token: the field of that step's answer (base64 where it is `data.token`), or all that it has
   * printed.
   */
  | { readonly kind: 'token'; readonly step: number; readonly field?: 'data.token' | 'status.token' }
  /** A client certificate: `status.certificate` of that step's answer. */
  | { readonly kind: 'certificate'; readonly step: number }

/** One way for a subject to more rights, as calls that can be made. Plain JSON. */
export interface EscalationPath {
  readonly kind: EscalationKind
  readonly steps: readonly EscalationStep[]
  readonly credential: Credential
  /** Whom the apiserver takes one for in the end. */
  readonly identity: EscalationIdentity
  /** Something that is allowed in the end and was not at first. */
  readonly gains: AccessQuestion
  /** What a webhook of the subject's must answer for the path to work, and where. */
  readonly webhook?: { readonly url: string; readonly patch: readonly object[] }
}

/** Name of what a path makes. */
export const MADE = 'escalation-path'

/** The part of a request's path before the resource: `/api/v1/namespaces/office/`, `/apis/apps/v1/`. */
export function prefixOf(groupVersion: string, namespace: string): string {
  return (
    `/${groupVersion.includes('/') ? 'apis' : 'api'}/${groupVersion}/` +
    `${namespace === '' ? '' : `namespaces/${namespace}/`}`
  )
}
