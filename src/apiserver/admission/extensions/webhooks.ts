import { quote } from '../../../lang/go/quote.js'
import type { MutatingWebhook, ValidatingWebhook } from '../../../api/admissionregistration/generated.js'
import type { Endpoints, Service } from '../../../api/core/generated.js'
import type { KindDefinition } from '../../../api/kind/definition.js'
import { isPlainObject } from '../../../lang/json/plain-json.js'
import { ApiError } from '../../../client/api-error.js'
import type { StatusReason } from '../../../client/api-error.js'
import { badRequest, forbidden, internalError } from '../../errors.js'
import type { AdmissionAttributes, AdmissionContext } from '../plugin.js'
import { callWebhook, WebhookCallError } from './call-webhook.js'
import type { ExtensionConfiguration } from './configuration.js'
import { conditionsHold, requestValues, reviewObjects, reviewRequest } from './evaluation.js'
import { matchedVersion } from './matching.js'

/** An invalid response of a webhook. */
class InvalidResponse extends Error {
  override readonly name = 'InvalidResponse'
}

/** The response of a webhook that allows a request. */
export interface AllowedResponse {
  readonly allowed: boolean
  readonly status?: Readonly<Record<string, unknown>>
  readonly patch?: unknown
  readonly patchType?: unknown
  readonly warnings?: unknown
  readonly auditAnnotations?: unknown
}

/**
 * Returns the version by which a request matches the criteria and conditions of a webhook, or undefined if
 * the webhook is not called.
 */
export function webhookMatch(
  webhook: ValidatingWebhook | MutatingWebhook,
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  configuration: ExtensionConfiguration,
): KindDefinition | undefined {
  const {
    rules = [],
    namespaceSelector,
    objectSelector,
    matchPolicy,
    matchConditions = [],
    failurePolicy,
  } = webhook
  const criteria = { rules, namespaceSelector, objectSelector, matchPolicy }
  const as = matchedVersion(criteria, attributes, context, (definition) => configuration.versions(definition))
  if (as === undefined || matchConditions.length === 0) return as
  const { matches, error } = conditionsHold(
    matchConditions,
    { params: false },
    requestValues(attributes, as, context),
    failurePolicy,
  )
  if (error !== undefined) throw forbidden(attributes.definition, attributes.name, error)
  return matches ? as : undefined
}

/**
 * Calls a webhook for a request. Returns undefined if the call fails and its failurePolicy is Ignore. Throws
 * ApiError if it denies the request, or fails otherwise. Source: apiserver
 * pkg/admission/plugin/webhook/{validating,mutating}/dispatcher.go.
 */
export function askWebhook(
  webhook: ValidatingWebhook | MutatingWebhook,
  as: KindDefinition,
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  configuration: ExtensionConfiguration,
): AllowedResponse | undefined {
  const { name, sideEffects, failurePolicy } = webhook
  if (attributes.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${quote(name)} does not support dry run`)
  }
  try {
    const response = call(webhook, as, attributes, context, configuration)
    noteAll(name, response.auditAnnotations, attributes)
    warnAll(response.warnings, attributes)
    if (response.allowed) return response
    throw deniedBy(name, response.status)
  } catch (error) {
    if (!(error instanceof WebhookCallError || error instanceof InvalidResponse)) throw error
    if (failurePolicy === 'Ignore') return undefined
    const kind =
      error instanceof WebhookCallError ? 'failed to call webhook' : 'received invalid webhook response'
    throw internalError(`failed calling webhook ${quote(name)}: ${kind}: ${error.message}`)
  }
}

function call(
  webhook: ValidatingWebhook | MutatingWebhook,
  as: KindDefinition,
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  { dependencies: { random, handlers, network } }: ExtensionConfiguration,
): AllowedResponse {
  const version = webhook.admissionReviewVersions.find((one) => one === 'v1' || one === 'v1beta1') ?? 'v1'
  const apiVersion = `admission.k8s.io/${version}`
  const uid = random.uuid()
  // a copy, because the review is frozen and the draft must not be
  const objects = structuredClone(reviewObjects(attributes, as))
  const request = { uid, ...structuredClone(reviewRequest(attributes, as)), ...objects }
  const surroundings = {
    handlers,
    service: (namespace: string, name: string) => context.get<Service>('services', namespace, name),
    endpoints: (namespace: string, name: string) => context.get<Endpoints>('endpoints', namespace, name),
    network: network(),
  }
  const received = callWebhook(
    webhook.clientConfig,
    { apiVersion, kind: 'AdmissionReview', request },
    webhook.timeoutSeconds ?? 10,
    surroundings,
  ) as unknown
  if (!isPlainObject(received)) throw new InvalidResponse('webhook response was absent')
  const { response, apiVersion: said = apiVersion, kind = 'AdmissionReview' } = received
  if (said !== apiVersion || kind !== 'AdmissionReview') {
    const wanted = `admission.k8s.io/${version}, Kind=AdmissionReview`
    throw new InvalidResponse(
      `expected webhook response of ${wanted}, got ${String(said)}, Kind=${String(kind)}`,
    )
  }
  if (!isPlainObject(response)) throw new InvalidResponse('webhook response was absent')
  if (version === 'v1' && response['uid'] !== uid) {
    throw new InvalidResponse(
      `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response['uid'] ?? '')}`,
    )
  }
  return { ...response, allowed: response['allowed'] === true } as AllowedResponse
}

function warnAll(warnings: unknown, { warn }: AdmissionAttributes): void {
  if (!Array.isArray(warnings)) return
  for (const text of warnings) if (typeof text === 'string') warn(text)
}

/** Adds a webhook's audit annotations under its name. */
function noteAll(name: string, annotations: unknown, { annotate }: AdmissionAttributes): void {
  if (!isPlainObject(annotations)) return
  for (const key of Object.keys(annotations).sort()) {
    const value = annotations[key]
    if (typeof value === 'string') annotate(`${name}/${key}`, value)
  }
}

/** Source: apiserver pkg/admission/plugin/webhook/errors/statuserror.go ToStatusErr. */
function deniedBy(name: string, status: Readonly<Record<string, unknown>> = {}): ApiError {
  const { message, reason, code, details } = status
  const by = `admission webhook ${quote(name)} denied the request`
  const text =
    typeof message === 'string' && message !== ''
      ? `${by}: ${message}`
      : typeof reason === 'string' && reason !== ''
        ? `${by}: ${reason}`
        : `${by} without explanation`
  const number = typeof code === 'number' && code >= 400 ? code : 400
  return new ApiError(
    number,
    (typeof reason === 'string' ? reason : '') as StatusReason,
    text,
    ...(isPlainObject(details) ? [details] : []),
  )
}
