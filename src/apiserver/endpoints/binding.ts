import { quote } from '../../lang/go/quote.js'
import { validateBinding } from '../../api/core/binding.js'
import { coreSchema, type Binding, type Pod, type PodCondition } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { aggregateText } from '../../api/field-error.js'
import { formatTime } from '../../lang/go/time.js'
import type { Status } from '../../client/api-error.js'
import { badRequest, conflict, notFound, untypedError } from '../errors.js'
import { attributesOf, type RegistryRequest, type RegistryContext } from '../registry/context.js'
import { decodeBody } from '../registry/decode-body.js'
import { dropRepeatedOwners } from '../registry/owner-references.js'
import { modify } from '../registry/stored.js'
import { storageKey } from '../registry/resources.js'
import { preconditionFailed } from '../registry/update.js'

const OF = { group: '', resource: 'pods/binding' }

/**
 * POST pods/NAME/binding: assigns a pod to a node. Source: pkg/registry/core/pod/storage/storage.go
 * BindingREST.
 */
export function bindPod(context: RegistryContext, call: RegistryRequest): Status {
  const expected = { group: '', version: 'v1', kind: 'Binding', message: coreSchema.message('Binding') }
  const binding = decodeBody<Binding & KubeObject>(call, context.resources, call.request.body, expected)
  dropRepeatedOwners(call, binding as Draft<KubeObject>)
  if ((binding.metadata.namespace ?? call.namespace) !== call.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const name = call.name === '' ? (binding.metadata.name ?? '') : call.name
  if (binding.metadata.name !== name) throw badRequest('name in URL does not match name in Binding object')
  context.admission.mutate(attributesOf(call, 'CREATE', binding as unknown as KubeObject, undefined))
  const errors = validateBinding(binding as Binding)
  if (errors.length > 0) throw untypedError(aggregateText(errors))
  context.admission.validate(attributesOf(call, 'CREATE', binding as unknown as KubeObject, undefined))
  const pod = context.storage.get(storageKey(call.resource, call.namespace, name)) as Pod | undefined
  if (pod === undefined) throw notFound(call.resource, name)
  checkPreconditions({ ...call, name }, pod, binding as Binding)
  checkUnbound(pod, name)
  assign(context, call, pod, binding as Binding)
  return CREATED
}

function checkPreconditions(call: RegistryRequest, pod: Pod, { metadata }: Binding): void {
  const { uid, resourceVersion } = metadata
  if (uid !== undefined && uid !== pod.metadata.uid)
    throw preconditionFailed(call, 'UID', uid, pod.metadata.uid)
  if (resourceVersion !== undefined && resourceVersion !== pod.metadata.resourceVersion)
    throw preconditionFailed(call, 'ResourceVersion', resourceVersion, pod.metadata.resourceVersion)
}

function checkUnbound({ metadata, spec }: Pod, name: string): void {
  if (metadata.deletionTimestamp !== undefined)
    throw conflict(OF, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  if (spec.nodeName !== undefined)
    throw conflict(OF, name, `pod ${name} is already assigned to node ${quote(spec.nodeName)}`)
  if ((spec.schedulingGates?.length ?? 0) > 0)
    throw conflict(OF, name, `pod ${name} has non-empty .spec.schedulingGates`)
}

function assign(
  context: RegistryContext,
  call: RegistryRequest,
  pod: Pod,
  { metadata, target }: Binding,
): void {
  const now = formatTime(context.clock.now())
  // the binding ends a nomination; before v1.35 the scheduler cleared it
  // (ClearingNominatedNodeNameAfterBinding)
  const clears = context.resources.release.has('bindingClearsNomination')
  modify<Pod>(context, call, call.resource, pod, (draft) => {
    draft.spec = { ...draft.spec, nodeName: target.name as string }
    if (metadata.annotations !== undefined)
      draft.metadata.annotations = { ...pod.metadata.annotations, ...metadata.annotations }
    if (metadata.labels !== undefined) draft.metadata.labels = { ...pod.metadata.labels, ...metadata.labels }
    const { nominatedNodeName, conditions = [], ...status } = draft.status
    draft.status = {
      conditions: scheduled(conditions, now) as PodCondition[],
      ...(!clears && nominatedNodeName !== undefined && { nominatedNodeName }),
      ...status,
    }
  })
}

/** Returns the conditions with PodScheduled True. */
function scheduled(conditions: readonly PodCondition[], now: string): readonly PodCondition[] {
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
  } as PodCondition
  const at = conditions.findIndex(({ type }) => type === 'PodScheduled')
  return at < 0 ? [...conditions, condition] : conditions.with(at, condition)
}

/** Returns the Status that `binding` and `eviction` return. */
export const CREATED: Status = Object.freeze({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: Object.freeze({}),
  status: 'Success',
  code: 201,
})
