import type { World, WorldPolicy } from '../../src/netpol/index.js'

/** Pseudo-random numbers below a bound, the same in every run. */
export function draws(): (below: number) => number {
  let state = 12345
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
}

const APPS = 20
const TIERS = ['front', 'back', 'data']

/** How large a world is. */
export interface Size {
  readonly pods: number
  readonly policies: number
  readonly namespaces: number
  /** Pods that are replicas of each other. Default 1: each is another. */
  readonly replicas?: number
}

function policyOf(at: number, draw: (below: number) => number, namespaces: number): WorldPolicy {
  const app = (): object => ({ podSelector: { matchLabels: { app: `app-${draw(APPS)}` } } })
  const tier = (): object => ({
    namespaceSelector: { matchLabels: { team: `team-${draw(8)}` } },
    podSelector: {
      matchExpressions: [{ key: 'tier', operator: 'In', values: [TIERS[draw(3)], TIERS[draw(3)]] }],
    },
  })
  const block = (): object => ({
    ipBlock: { cidr: '10.0.0.0/16', except: [`10.${draw(1)}.${draw(200)}.0/24`] },
  })
  const from = [app(), ...(draw(2) === 0 ? [tier()] : []), ...(draw(4) === 0 ? [block()] : [])]
  const ports = [
    { port: [80, 443, 5432][draw(3)] },
    ...(draw(3) === 0 ? [{ port: 'http' }] : []),
    ...(draw(5) === 0 ? [{ port: 8000, endPort: 8100 }] : []),
  ]
  const metadata = { namespace: `ns-${draw(namespaces)}`, name: `policy-${at}` }
  const podSelector = draw(6) === 0 ? {} : { matchLabels: { app: `app-${draw(APPS)}` } }
  const isEgress = draw(3) === 0
  const spec = isEgress
    ? {
        podSelector,
        policyTypes: ['Egress'],
        egress: [{ to: from, ports }, { ports: [{ port: 53, protocol: 'UDP' }] }],
      }
    : { podSelector, policyTypes: ['Ingress'], ingress: [{ from, ports }] }
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec }
}

/**
 * A cluster with policies of the usual kinds: by application, by tier of other teams, by address; every pod
 * has labels of its own, too.
 */
export function worldOf({ pods, policies, namespaces, replicas = 1 }: Size): World {
  const draw = draws()
  const workloads = Array.from({ length: Math.ceil(pods / replicas) }, () => ({
    namespace: `ns-${draw(namespaces)}`,
    app: `app-${draw(APPS)}`,
    tier: TIERS[draw(3)] ?? '',
    containerPort: draw(2) === 0 ? 80 : 8080,
  }))
  return {
    namespaces: Array.from({ length: namespaces }, (_, at) => ({
      metadata: { name: `ns-${at}`, labels: { team: `team-${at % 8}` } },
    })),
    pods: Array.from({ length: pods }, (_, at) => {
      const { namespace, app, tier, containerPort } = workloads[Math.floor(at / replicas)] ?? {
        namespace: '',
        app: '',
        tier: '',
        containerPort: 80,
      }
      return {
        metadata: {
          namespace,
          name: `pod-${at}`,
          labels: { app, tier, 'statefulset.kubernetes.io/pod-name': `pod-${at}` },
        },
        spec: { nodeName: `node-${at % 100}`, containers: [{ ports: [{ name: 'http', containerPort }] }] },
        status: { podIP: `10.${Math.floor(at / 65_536)}.${Math.floor(at / 256) % 256}.${at % 256}` },
      }
    }),
    policies: Array.from({ length: policies }, (_, at) => policyOf(at, draw, namespaces)),
  }
}
