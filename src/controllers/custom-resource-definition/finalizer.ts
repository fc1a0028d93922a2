import type { NewCondition } from '../../api/apiextensions/conditions.js'
import { CLEANUP_FINALIZER, isConditionTrue, withCondition } from '../../api/apiextensions/conditions.js'
import type { CustomResourceDefinition } from '../../api/apiextensions/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { ApiError, ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { APISERVER } from './naming.js'

const CRDS = 'customresourcedefinitions'
/** Interval at which it checks whether the remaining objects are gone, in ms. */
const RECHECK = 5_000

/**
 * Creates the controller that deletes the objects of a deleted CRD and then removes its finalizer. Source:
 * apiextensions pkg/controller/finalizer/crd_finalizer.go.
 */
export function createCrdFinalizer(): Component {
  return { name: 'kube-apiserver/crd-finalizer', identity: APISERVER, setup: setUp }
}

function setUp(host: ComponentHost): void {
  const { client, clock } = host
  const queue = host.workQueue('cleanup', (name) => {
    const crd = ignoreNotFound(() => client.get<string>(CRDS, { name })) as
      | CustomResourceDefinition
      | undefined
    if (
      crd?.metadata.deletionTimestamp === undefined ||
      crd.metadata.finalizers?.includes(CLEANUP_FINALIZER) !== true
    )
      return
    const report = (
      of: CustomResourceDefinition,
      condition: NewCondition,
      finalizers = of.metadata.finalizers,
    ): CustomResourceDefinition => {
      const metadata = { ...of.metadata, finalizers } as CustomResourceDefinition['metadata']
      const conditions = withCondition(of.status.conditions ?? [], condition, clock.now())
      return client.updateStatus<string>(CRDS, {
        ...of,
        metadata,
        status: { ...of.status, conditions },
      } as CustomResourceDefinition) as CustomResourceDefinition
    }
    const begun = report(
      crd,
      terminating('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'),
    )
    if (!isConditionTrue(crd, 'Established')) {
      release(report, begun, terminating('False', 'NeverEstablished', 'resource was never established'))
      return
    }
    if (deleteInstances(client, begun) > 0) {
      queue.addAfter(name, RECHECK, { class: 'watchdog' })
      return
    }
    release(report, begun, terminating('False', 'InstanceDeletionCompleted', 'removed all instances'))
  })
  host.informer<string>(CRDS).onChange(({ type, object }) => {
    if (type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined)
      queue.add(object.metadata.name ?? '')
  })
}

const terminating = (status: string, reason: string, message: string): NewCondition => ({
  type: 'Terminating',
  status,
  reason,
  message,
})

function release(
  report: (crd: CustomResourceDefinition, condition: NewCondition, finalizers?: readonly string[]) => unknown,
  crd: CustomResourceDefinition,
  condition: NewCondition,
): void {
  report(
    crd,
    condition,
    (crd.metadata.finalizers ?? []).filter((name) => name !== CLEANUP_FINALIZER),
  )
}

/** Deletes all objects of the CRD and returns how many remain because of their finalizers. */
function deleteInstances(
  client: Client,
  {
    spec: { group, scope },
    status: {
      acceptedNames: { plural },
    },
  }: CustomResourceDefinition,
): number {
  const resource = `${plural}.${group}`
  try {
    const items: readonly KubeObject[] = client.list(resource).items
    if (items.length === 0) return 0
    const namespaces =
      scope === 'Namespaced'
        ? [...new Set(items.map(({ metadata }) => metadata.namespace ?? ''))]
        : [undefined]
    for (const namespace of namespaces)
      client.deleteCollection(resource, namespace === undefined ? {} : { namespace })
    return client.list(resource).items.length
  } catch (error) {
    // no version is served any more, so that no client can reach the objects
    if (error instanceof ApiError && error.code === 404) return 0
    throw error
  }
}
