import type { KubeObject } from '../../api/kind/definition.js'
import type { ObjectList } from '../../client/client.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { notFound } from '../errors.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { checkListOptions } from '../registry/list-options.js'
import { selectionOf } from '../selectors/selection.js'

/**
 * `GET /apis/metrics.k8s.io/v1beta1/...`: the metrics of a metrics-server, which are not stored. Source:
 * metrics-server pkg/api.
 */
export function getMetrics(context: RegistryContext, call: RegistryRequest): KubeObject {
  const found = measured(context, call).find(({ metadata }) => metadata.name === call.name)
  if (found === undefined) throw notFound(call.resource, call.name)
  return found
}

/** Returns the list of the selected metrics, without a resourceVersion. */
export function listMetrics(context: RegistryContext, call: RegistryRequest): ObjectList<KubeObject> {
  checkListOptions(call.request.options, false)
  const selection = selectionOf(call.resource, call.namespace, call.request.options)
  const items = measured(context, call).filter((object) => selection.matches(object))
  return deepFreeze({
    kind: `${call.resource.kind}List`,
    apiVersion: call.resource.apiVersion,
    metadata: {},
    items,
  }) as unknown as ObjectList<KubeObject>
}

function measured(
  {
    dependencies: {
      late: { metrics },
    },
  }: RegistryContext,
  { resource, namespace }: RegistryRequest,
): readonly KubeObject[] {
  return resource.resource === 'nodes' ? (metrics?.nodes() ?? []) : (metrics?.pods(namespace) ?? [])
}
