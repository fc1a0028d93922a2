import type { KubeObject } from '../../api/kind/definition.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { ObjectList } from '../../client/client.js'
import { untypedError } from '../errors.js'
import type { ComponentHealth } from '../server-dependencies.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { checkListOptions } from '../registry/list-options.js'
import { selectionOf } from '../selectors/selection.js'

/** The default if no `componentHealth` is given. */
const ALL_WELL: readonly ComponentHealth[] = ['scheduler', 'controller-manager', 'etcd-0'].map((name) => ({
  name,
  healthy: true,
  message: 'ok',
}))

function statuses({ dependencies: ports }: RegistryContext): readonly KubeObject[] {
  const components = ports.componentHealth?.() ?? ALL_WELL
  return components.map(
    ({ name, healthy, message }) =>
      deepFreeze({
        kind: 'ComponentStatus',
        apiVersion: 'v1',
        metadata: { name },
        conditions: [{ type: 'Healthy', status: healthy ? 'True' : 'False', message }],
      }) as unknown as KubeObject,
  )
}

/** GET componentstatuses/NAME. Source: pkg/registry/core/componentstatus/rest.go. */
export function getComponentStatus(context: RegistryContext, call: RegistryRequest): KubeObject {
  const found = statuses(context).find(({ metadata }) => metadata.name === call.name)
  if (found === undefined) throw untypedError(`Component not found: ${call.name}`)
  return found
}

/**
 * GET componentstatuses: the current health of the components. It is not stored, so the list has no
 * resourceVersion.
 */
export function listComponentStatuses(
  context: RegistryContext,
  call: RegistryRequest,
): ObjectList<KubeObject> {
  checkListOptions(call.request.options, false)
  const selection = selectionOf(call.resource, undefined, call.request.options)
  const items = statuses(context).filter((status) => selection.matches(status))
  return deepFreeze({
    kind: 'ComponentStatusList',
    apiVersion: 'v1',
    metadata: {},
    items,
  }) as unknown as ObjectList<KubeObject>
}
