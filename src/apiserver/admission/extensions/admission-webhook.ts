import { InputError } from '../../../lang/input-error.js'
import { isMap } from '../../../lang/json/maps.js'
import type { GroupVersionKind } from '../../../api/api-version.js'
import { refuseUnknown } from '../../../api/known-keys.js'
import { isThenable } from '../../../lang/synchronous.js'
import { argumentsCheck, callable } from '../../../api/checked-input.js'
import type { KubeObject } from '../../../api/kind/definition.js'
import type { WebhookHandler } from './call-webhook.js'

const checkDecide = argumentsCheck(
  'admissionWebhook()',
  'admissionWebhook(({ object }) => ({ allowed: object.metadata.name !== undefined }))',
  () => ({ decide: callable() }),
)

interface GroupVersionResource {
  readonly group: string
  readonly version: string
  readonly resource: string
}

/** The request of an AdmissionReview (admission.k8s.io/v1) about objects of type `T`. Deeply frozen. */
export interface AdmissionRequest<T = KubeObject> {
  readonly uid: string
  readonly kind: GroupVersionKind
  readonly resource: GroupVersionResource
  readonly subResource?: string
  /** The kind, resource and subresource as requested, if the webhook gets another version. */
  readonly requestKind: GroupVersionKind
  readonly requestResource: GroupVersionResource
  readonly requestSubResource?: string
  /** Absent for a create with generateName. */
  readonly name?: string
  readonly namespace?: string
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly userInfo: {
    readonly username: string
    readonly uid?: string
    readonly groups: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  /** Null for a DELETE. */
  readonly object: T | null
  /** Null for a CREATE and a CONNECT. */
  readonly oldObject: T | null
  readonly dryRun: boolean
  readonly options: object | null
}

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'copy' | 'move'; readonly from: string; readonly path: string }

/** What an admission webhook decides. */
export interface AdmissionDecision {
  readonly allowed: boolean
  /** Why it is denied; shown to the user. */
  readonly message?: string
  /**
   * HTTP status of a denial.
   * @default 400, as upstream
   */
  readonly code?: number
  /**
   * Changes that a mutating webhook makes.
   * @default none
   */
  readonly patch?: readonly JsonPatchOperation[]
  readonly warnings?: readonly string[]
  readonly auditAnnotations?: Readonly<Record<string, string>>
  /**
   * How long the call takes, in virtual ms.
   * @default 0
   */
  readonly takes?: number
}

const DECISION = ['allowed', 'message', 'code', 'patch', 'warnings', 'auditAnnotations', 'takes']

const isDecision = (value: object): value is AdmissionDecision =>
  'allowed' in value && typeof value.allowed === 'boolean'

const notADecision = (value: unknown): InputError =>
  new InputError(
    'what an admissionWebhook() returns must be an object such as { allowed: true }, not ' +
      `${JSON.stringify(value)}`,
  )

/**
 * Makes a handler for the option `webhooks` from a function that decides on typed requests. It must be
 * synchronous and deterministic; what it throws is a failed call.
 * @example
 * admissionWebhook<Pod>(({ object }) => ({ allowed: object?.metadata.labels?.['team'] !== undefined }))
 */
export function admissionWebhook<T = KubeObject>(
  decide: (request: AdmissionRequest<T>) => AdmissionDecision,
): WebhookHandler {
  checkDecide([decide])
  return ({ apiVersion, kind, request }) => {
    const decision: unknown = decide(request as unknown as AdmissionRequest<T>)
    // callWebhook tells which webhook it was
    if (isThenable(decision)) return decision as never
    if (!isMap(decision)) throw notADecision(decision)
    refuseUnknown('what an admissionWebhook() returns', decision, DECISION)
    if (!isDecision(decision)) throw notADecision(decision)
    const { message, code, takes, patch, ...rest } = decision
    const status = { ...(message === undefined ? {} : { message }), ...(code === undefined ? {} : { code }) }
    const response = {
      uid: request['uid'],
      ...rest,
      ...(Object.keys(status).length === 0 ? {} : { status }),
      ...(patch === undefined ? {} : { patchType: 'JSONPatch', patch }),
    }
    return { apiVersion, kind, response, ...(takes === undefined ? {} : { takes }) }
  }
}
