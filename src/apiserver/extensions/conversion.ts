import { parseApiVersion } from '../../api/api-version.js'
import type { Convert } from '../../api/apiextensions/custom-kind.js'
import { convertNone } from '../../api/apiextensions/custom-kind.js'
import type { CustomResourceDefinition } from '../../api/apiextensions/generated.js'
import type { Endpoints, Service } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { isPlainObject } from '../../lang/json/plain-json.js'
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
      const fail = (why: string): Error => conversionError(object, why)
      try {
        const review = {
          apiVersion: `apiextensions.k8s.io/${version}`,
          kind: 'ConversionReview' as const,
          request,
        }
        return convertedObject(
          object,
          desiredAPIVersion,
          callWebhook(webhook.clientConfig ?? {}, review, TIMEOUT, {
            handlers,
            service,
            endpoints,
            network: network(),
          }).response,
          fail,
        )
      } catch (error) {
        throw error instanceof WebhookCallError ? fail(error.message) : error
      }
    }
  }
}

function conversionError({ apiVersion = '', kind = '' }: KubeObject, why: string): ApiError {
  const { group, version } = parseApiVersion(apiVersion)
  return new ApiError(500, '', `conversion webhook for ${group}/${version}, Kind=${kind} failed: ${why}`)
}

function convertedObject(
  object: KubeObject,
  desired: string,
  response: Readonly<Record<string, unknown>> | undefined,
  fail: (why: string) => Error,
): KubeObject {
  const { result, convertedObjects } = response ?? {}
  if (isPlainObject(result) && result['status'] !== 'Success') {
    const { message } = result
    throw fail(typeof message === 'string' && message !== '' ? message : 'unknown failure')
  }
  if (!Array.isArray(convertedObjects)) throw fail('invalid response: expected 1 converted objects, got 0')
  if (convertedObjects.length !== 1)
    throw fail(`invalid response: expected 1 converted objects, got ${convertedObjects.length}`)
  const converted = convertedObjects[0] as KubeObject
  if (converted.apiVersion !== desired) {
    throw fail(
      `invalid converted object at index 0: invalid apiVersion, expected ${desired}, got ` +
        `${converted.apiVersion ?? ''}`,
    )
  }
  if (converted.kind !== object.kind) {
    throw fail(
      `invalid converted object at index 0: invalid kind, expected ${object.kind ?? ''}, got ` +
        `${converted.kind ?? ''}`,
    )
  }
  // a webhook may change only the labels and annotations of the metadata
  const { labels, annotations } = converted.metadata
  const { labels: _labels, annotations: _annotations, ...metadata } = object.metadata
  const { labels: __labels, annotations: __annotations, ...said } = converted.metadata
  if (!semanticEqual(said.name, metadata.name) || !semanticEqual(said.uid, metadata.uid)) {
    throw fail(
      'invalid metadata of converted object at index 0: must not change metadata other than labels ' +
        'and annotations',
    )
  }
  return {
    ...converted,
    metadata: {
      ...metadata,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  } as KubeObject
}
