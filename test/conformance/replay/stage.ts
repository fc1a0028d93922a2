import type { ConfigMap, ServiceAccount } from '../../../src/api/core/generated.js'
import { createScheme } from '../../../src/api/scheme.js'
import { ApiServer } from '../../../src/apiserver/api-server.js'
import { bootstrap } from '../../../src/apiserver/bootstrap.js'
import type { ClusterEvents } from '../../../src/apiserver/client/cluster-events.js'
import type { ComponentHealth } from '../../../src/apiserver/ports.js'
import { parsePath } from '../../../src/apiserver/http/path.js'
import { EtcdStore } from '../../../src/etcd/index.js'
import { Simulation } from '../../../src/sim/simulation.js'
import type { Stage } from './replay.js'
import type { Scenario, Step } from './scenario.js'

const CA = {
  description: 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the '
    + 'internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
  pem: '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n',
}

/** The recorder's controllers listened on ports of their own, where the apiserver does not look. */
const refusing = (name: string, port: number): ComponentHealth => ({
  name, healthy: false, message: `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`,
})

/** A fresh server as the recordings' was: v1.34, with what its controllers make in a namespace made by hand. */
export function makeStage(scenario: Scenario): Stage {
  const sim = new Simulation<ClusterEvents>({ seed: 1 })
  const store = new EtcdStore({ clock: sim.clock })
  const server = new ApiServer({
    store, clock: sim.clock, random: sim.random, bus: sim.bus, scheme: createScheme('v1.34'),
    componentHealth: () => [refusing('scheduler', 10259), refusing('controller-manager', 10257), { name: 'etcd-0', healthy: true, message: 'ok' }],
  })
  bootstrap(server)
  if (scenario.id === 'watch-expired-and-future') store.compact({ revision: store.revision })
  const client = server.client({ name: 'admin' })
  const shows = JSON.stringify(scenario.steps.map(({ response }) => response))
  return {
    server,
    populate: (namespace) => {
      client.create('serviceaccounts', { metadata: { name: 'default', namespace } } as ServiceAccount)
      if (!shows.includes('kube-root-ca.crt')) return
      client.create('configmaps', {
        metadata: { name: 'kube-root-ca.crt', namespace, annotations: { 'kubernetes.io/description': CA.description } },
        data: { 'ca.crt': CA.pem },
      } as ConfigMap)
    },
  }
}

/** Whether the server knows the resource that a step is about; steps on kinds that come later are played but not compared. */
export function isServed({ server }: Stage, { request }: Step): boolean {
  if (request === undefined) return true
  const path = parsePath(request.path.split('?')[0] as string)
  if (path === undefined || path.resource.startsWith('nosuch')) return !request.path.startsWith('/version')
  if (request.bodyDescription !== undefined) return false
  return server.context.resources.all.some(({ resource, group }) => resource === path.resource && group === path.group)
    || ['v9', 'nosuch.io', 'v1beta1'].some((part) => request.path.includes(part))
}
