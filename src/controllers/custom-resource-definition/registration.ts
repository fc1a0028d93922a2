import { isConditionTrue } from '../../api/apiextensions/conditions.js'
import { definitionInV1 } from '../../api/apiextensions/v1beta1.js'
import type { APIService } from '../../api/apiregistration/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { formatTime } from '../../lang/go/time.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { APISERVER } from './naming.js'

const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged'
/** Low priorities, so that groups of CRDs come last in discovery. */
const GROUP_PRIORITY = 1000
const VERSION_PRIORITY = 100

/**
 * Creates the controller that maintains an APIService for each group version that CRDs serve. Source:
 * pkg/controlplane/controller/crdregistration and kube-aggregator pkg/controllers/autoregister.
 */
export function createCrdRegistration(): Component {
  return { name: 'kube-apiserver/crd-autoregistration-controller', identity: APISERVER, setup: setUp }
}

function setUp(host: ComponentHost): void {
  const { client, clock } = host
  const crds = host.informer<string>('customresourcedefinitions')
  const isServed = (group: string, version: string): boolean =>
    crds
      .list()
      .map(definitionInV1)
      .some(
        (crd) =>
          crd.spec.group === group &&
          isConditionTrue(crd, 'Established') &&
          crd.spec.versions.some(({ name, served }) => served && name === version),
      )
  const queue = host.workQueue('group versions', (key) => {
    const [version = '', group = ''] = key.split('|')
    const name = `${version}.${group}`
    const existing = ignoreNotFound(() => client.get<string>('apiservices', { name })) as
      | APIService
      | undefined
    if (!isServed(group, version)) {
      const isOurs = existing?.metadata.labels?.[AUTOMANAGED] === 'true'
      if (isOurs) ignoreNotFound(() => client.delete('apiservices', { name }))
      return
    }
    const spec = { group, version, groupPriorityMinimum: GROUP_PRIORITY, versionPriority: VERSION_PRIORITY }
    if (existing !== undefined) {
      if (existing.metadata.labels?.[AUTOMANAGED] === 'true' && !semanticEqual(existing.spec, spec)) {
        client.update<string>('apiservices', { ...existing, spec } as APIService)
      }
      return
    }
    const created = client.create<string>('apiservices', {
      metadata: { name, labels: { [AUTOMANAGED]: 'true' } },
      spec,
    } as unknown as APIService)
    const available = {
      type: 'Available',
      status: 'True',
      lastTransitionTime: formatTime(clock.now()),
      reason: 'Local',
      message: 'Local APIServices are always available',
    }
    client.updateStatus<string>('apiservices', {
      ...created,
      status: { conditions: [available] },
    } as unknown as APIService)
  })
  crds.onChange(({ object, old }) => {
    for (const crd of [object, old]) {
      const { spec } = definitionInV1(crd ?? object)
      for (const { name } of spec.versions) queue.add(`${name}|${spec.group}`)
    }
  })
}
