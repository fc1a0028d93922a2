import { quote } from '../../lang/go/quote.js'
import type { CrossVersionObjectReference } from '../../api/autoscaling-v2/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { ApiError } from '../../client/api-error.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { ServedResources } from '../shared/served-resources.js'
import { pluralOf, servedNow } from '../shared/served-resources.js'

/** The Scale (autoscaling/v1) of a target. */
export interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly replicas?: number; readonly selector?: string }
}

/** A target's scale and its resource. */
export interface TargetScale {
  readonly resource: string
  readonly scale: Scale
}

/** The scale of a target cannot be read; `outer` is the error of the sync, which wraps the message. */
export class ScaleFailure extends Error {
  readonly outer: string

  constructor(message: string, outer: string) {
    super(message)
    this.outer = outer
  }
}

/**
 * Returns the scale of an autoscaler's target, found by group and kind; the version does not matter. Source:
 * horizontal.go reconcileAutoscaler, scaleForResourceMappings.
 * @throws ScaleFailure if the kind is not served, or the scale cannot be read.
 */
export function scaleOf(
  client: Client,
  resources: ServedResources,
  namespace: string,
  { apiVersion = '', kind, name }: CrossVersionObjectReference,
): TargetScale {
  const parts = apiVersion.split('/')
  if (parts.length > 2) {
    const text = `unexpected GroupVersion string: ${apiVersion}`
    throw new ScaleFailure(text, `invalid API version in scale target reference: ${text}`)
  }
  const group = parts.length === 2 ? (parts[0] ?? '') : ''
  const found = servedNow(resources).filter((one) => one.group === group && one.kind === kind)
  if (found.length === 0) {
    const text = `no matches for kind ${quote(kind)} in group ${quote(group)}`
    throw new ScaleFailure(text, `unable to determine resource for scale target reference: ${text}`)
  }
  let first: ApiError | undefined
  for (const resource of new Set(
    found.map((one) => (group === '' ? pluralOf(one) : `${pluralOf(one)}.${group}`)),
  )) {
    try {
      return { resource, scale: client.getSubresource(resource, { namespace, name }, 'scale') as Scale }
    } catch (error) {
      if (!isApiError(error)) throw error
      first ??= error
    }
  }
  const text = first?.message ?? 'unrecognized resource'
  throw new ScaleFailure(text, `failed to query scale subresource for ${kind}/${namespace}/${name}: ${text}`)
}
