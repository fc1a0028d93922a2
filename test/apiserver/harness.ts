import { partial } from '../support/typed.js'
import type { Pod } from '../../src/api/core/generated.js'
import { createScheme } from '../../src/api/scheme.js'
import { ApiServer, type ApiServerOptions } from '../../src/apiserver/api-server.js'
import { bootstrap } from '../../src/apiserver/bootstrap.js'
import type { Client } from '../../src/client/client.js'
import type { ClusterEvents } from '../../src/client/cluster-events.js'
import { EtcdStore } from '../../src/etcd/index.js'
import { Simulation } from '../../src/sim/simulation.js'

/** An apiserver over an empty store, with a client that may do everything. */
export interface Harness {
  readonly sim: Simulation<ClusterEvents>
  readonly store: EtcdStore
  readonly server: ApiServer
  readonly client: Client
}

/** Builds a server; `default` has its ServiceAccount, as a running cluster would have. */
export function harness(
  options: Partial<ApiServerOptions> & { readonly version?: string; readonly store?: EtcdStore } = {},
): Harness {
  const { version = 'v1.35', ...rest } = options
  const sim = new Simulation<ClusterEvents>({ seed: 7 })
  const store = options.store ?? new EtcdStore({ clock: sim.clock })
  const server = new ApiServer({
    store,
    clock: sim.clock,
    random: sim.random,
    bus: sim.bus,
    trace: sim.trace,
    quiet: sim.quiet,
    scheme: createScheme(version),
    ...rest,
  })
  bootstrap(server)
  return { sim, store, server, client: server.client({ name: 'admin', groups: ['system:masters'] }) }
}

/** The smallest pod. */
export function pod(name: string, more: { labels?: Record<string, string>; nodeName?: string } = {}): Pod {
  const { labels, nodeName } = more
  return partial<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...(labels === undefined ? {} : { labels }) },
    spec: { containers: [{ name: 'c', image: 'i:1' }], ...(nodeName === undefined ? {} : { nodeName }) },
  })
}
