import { parseApiVersion } from '../../api/api-version.js'
import type { Convert } from '../../api/apiextensions/custom/custom-kind.js'
import { convertNone } from '../../api/apiextensions/custom/custom-kind.js'
import type { CustomResourceDefinition } from '../../api/apiextensions/generated.js'
import type { Endpoints, Service } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { aggregateText, type FieldError } from '../../api/field-error.js'
import { validateLabels } from '../../api/meta/label-validation.js'
import { validateAnnotations } from '../../api/meta/validation.js'
import { goType } from '../../lang/go/number.js'
import { quote } from '../../lang/go/quote.js'
import { isPlainObject, setOwn } from '../../lang/json/plain-json.js'
import { callWebhook, WebhookCallError, type WebhookHandlers } from '../admission/extensions/call-webhook.js'
import { ApiError } from '../../client/api-error.js'
import type { ProxyNetwork } from '../proxied.js'
import type { Storage } from '../storage/storage.js'

/** Timeout of a conversion webhook, in seconds. */
const TIMEOUT = 30

/** What conversion needs: the handlers in this process, and the store for Services. */
export interface ConversionDependencies {
  readonly storage: Storage
  readonly handlers: WebhookHandlers
  readonly network: () => ProxyNetwork | undefined
}

/**
 * Returns the converter between the versions of a CRD. Source: apiextensions
 * pkg/apiserver/conversion/webhook_converter.go.
 */
export function converterOf({
  storage,
  handlers,
  network,
}: ConversionDependencies): (crd: CustomResourceDefinition) => Convert {
  const service = (namespace: string, name: string): Service | undefined =>
    storage.get(`/registry/services/specs/${namespace}/${name}`) as Service | undefined
  const endpoints = (namespace: string, name: string): Endpoints | undefined =>
    storage.get(`/registry/services/endpoints/${namespace}/${name}`) as Endpoints | undefined
  return ({ spec: { conversion }, metadata: { uid = '' } }) => {
    const webhook = conversion?.strategy === 'Webhook' ? conversion.webhook : undefined
    if (webhook === undefined) return convertNone
    const version = webhook.conversionReviewVersions.find((one) => one === 'v1' || one === 'v1beta1') ?? 'v1'
    return (object, desiredAPIVersion) => {
      if (object.apiVersion === desiredAPIVersion) return object
      // the webhook only has to return the uid, so it need not be random
      const request = {
        uid: `${uid}-${object.metadata.uid ?? ''}`,
        desiredAPIVersion,
        objects: [structuredClone(object)],
      }
      const { group, version: from } = parseApiVersion(object.apiVersion ?? '')
      const fail = (why: string): Error =>
        new ApiError(500, '', `conversion webhook for ${group}/${from}, Kind=${object.kind ?? ''} ${why}`)
      try {
        const review = {
          apiVersion: `apiextensions.k8s.io/${version}`,
          kind: 'ConversionReview' as const,
          request,
        }
        const { response } = callWebhook(webhook.clientConfig ?? {}, review, TIMEOUT, {
          handlers,
          service,
          endpoints,
          network: network(),
        })
        const said = isPlainObject(response) ? response['uid'] : undefined
        if (isPlainObject(response) && version === 'v1' && said !== request.uid)
          throw fail(`failed: expected response.uid=${quote(request.uid)}, got ${quote(shown(said))}`)
        return convertedObject(object, desiredAPIVersion, response, fail)
      } catch (error) {
        throw error instanceof WebhookCallError ? fail(`failed: ${error.message}`) : error
      }
    }
  }
}

/** Formats a webhook's value for an error: a text as it is, anything else by its type. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : goType(value)

/** What a converted object has instead, with what was expected. */
const differs = (expected: unknown, received: unknown): string =>
  `(expected ${shown(expected)}, received ${shown(received)})`

/**
 * Returns the object that a webhook has converted, with the metadata of the original but its own labels and
 * annotations. `fail` makes the error of a phrase that follows the kind.
 * @throws ApiError
 */
function convertedObject(
  object: KubeObject,
  desired: string,
  response: unknown,
  fail: (why: string) => Error,
): KubeObject {
  if (!isPlainObject(response)) throw fail('failed: no response provided')
  const { result, convertedObjects } = response
  if (isPlainObject(result) && result['status'] !== 'Success') {
    const { message, status } = result
    throw fail(
      typeof message === 'string' && message !== ''
        ? `failed: ${message}`
        : `failed: response.result.status was '${shown(status)}', not 'Success'`,
    )
  }
  const all: readonly unknown[] = Array.isArray(convertedObjects) ? convertedObjects : []
  const [converted] = all
  if (all.length !== 1) throw fail(`returned ${all.length} objects, expected 1`)
  const invalid = 'returned invalid object at index 0: invalid'
  if (!isPlainObject(converted)) throw fail(`${invalid} type ${goType(converted)}`)
  const { apiVersion, kind, metadata } = converted
  if (apiVersion !== desired) throw fail(`${invalid} groupVersion ${differs(desired, apiVersion)}`)
  if (kind !== object.kind) throw fail(`${invalid} kind ${differs(object.kind, kind)}`)
  const own: Readonly<Record<string, unknown>> = isPlainObject(metadata) ? metadata : {}
  for (const [field, name] of IDENTITY) {
    const [before, after] = [object.metadata[field] ?? '', own[field] ?? '']
    if (before !== after)
      throw fail(`returned invalid object: must have the same ${name}: ${before} != ${shown(after)}`)
  }
  if (!isPlainObject(metadata))
    throw fail(
      metadata === undefined
        ? 'returned invalid metadata: missing metadata in converted object'
        : `returned invalid metadata: invalid metadata of type ${goType(metadata)} in converted object`,
    )
  const failMetadata = (why: string): Error => fail(`returned invalid metadata: ${why}`)
  const labels = textsOf(own, 'labels', validateLabels, failMetadata)
  const annotations = textsOf(own, 'annotations', validateAnnotations, failMetadata)
  const { labels: _labels, annotations: _annotations, ...kept } = object.metadata
  return {
    ...converted,
    apiVersion: desired,
    metadata: {
      ...kept,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  }
}

/** What a webhook must not change, with the words of upstream's error. */
const IDENTITY = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const

/** Returns the labels or annotations of converted metadata; undefined if there are none. */
function textsOf(
  metadata: Readonly<Record<string, unknown>>,
  field: 'labels' | 'annotations',
  validate: (texts: Readonly<Record<string, string>>, path: string) => readonly FieldError[],
  fail: (why: string) => Error,
): Readonly<Record<string, string>> | undefined {
  const found = metadata[field]
  if (found === undefined || found === null) return undefined
  if (!isPlainObject(found))
    throw fail(`invalid metadata.${field} of type ${goType(found)} in converted object`)
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(found)) {
    if (typeof value !== 'string')
      throw fail(`metadata.${field}[${name}] must be a string, but is ${goType(value)} in converted object`)
    setOwn(texts, name, value)
  }
  const errors = validate(texts, field === 'labels' ? 'metadata.labels' : 'metadata.annotation')
  if (errors.length > 0) throw fail(aggregateText(errors))
  return texts
}
