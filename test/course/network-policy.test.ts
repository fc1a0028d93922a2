import { describe, expect, it } from 'vitest'
import { SimCluster } from '../../src/index.js'
import type { Connection } from '../../src/index.js'
import { compileWorld } from '../../src/netpol/index.js'
import type { Proof } from '../../src/netpol/index.js'
import { netpolCases } from '../netpol/shared-cases.js'

const egress = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: test-network-policy
  namespace: default
spec:
  podSelector:
    matchLabels:
      role: db
  policyTypes:
    - Egress
  egress:
    - to:
        - ipBlock:
            cidr: 10.0.0.0/24
      ports:
        - protocol: TCP
          port: 5978
`

const ingress = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: test-network-policy
  namespace: default
spec:
  podSelector:
    matchLabels:
      role: db
  policyTypes:
    - Ingress
  ingress:
    - from:
        - ipBlock:
            cidr: 172.17.0.0/16
            except:
              - 172.17.1.0/24
        - namespaceSelector:
            matchLabels:
              project: myproject
        - podSelector:
            matchLabels:
              role: frontend
      ports:
        - protocol: TCP
          port: 6379
`

function pod(
  name: string,
  node: string,
  labels: Record<string, string>,
  port: number,
  namespace = 'default',
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'app:1', ports: [{ containerPort: port }] }] },
  }
}

/** Pods have addresses of 172.17.0.0/16, those of node-2 the excepted ones. */
function start(version: string): SimCluster {
  const cluster = new SimCluster({
    version,
    nodes: 3,
    network: {
      podCIDR: '172.17.0.0/16',
      outside: {
        inside: { ip: '10.0.0.200', ports: [5978, 5979] },
        beyond: { ip: '10.0.1.200', ports: [5978] },
      },
    },
  })
  cluster.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine', labels: { project: 'myproject' } } },
    pod('db', 'node-1', { role: 'db' }, 6379),
    pod('web', 'node-1', {}, 80),
    pod('plain', 'node-2', {}, 80),
    pod('frontend', 'node-2', { role: 'frontend' }, 80),
    pod('stranger', 'node-2', { role: 'frontend' }, 80, 'mine'),
  ])
  return cluster.settle()
}

/** Whether `nc` in a container gets through, and what the evaluator says. */
function tries(
  cluster: SimCluster,
  from: string,
  to: string,
  port: number,
): { readonly nc: boolean; readonly proof: Proof | undefined } {
  const [namespace = '', name = ''] = from.split('/')
  const address = /^\d/.test(to)
    ? to
    : (cluster.get('pods', { namespace: 'default', name: to }).status?.podIP ?? '')
  const { exitCode, stderr } = cluster.kubectl(
    `exec -n ${namespace} ${name} -- nc -z -w 2 ${address} ${port}`,
  )
  const connection: Connection = cluster.network.connect({ from, to: address, port })
  expect(connection.connected, stderr).toBe(exitCode === 0)
  const hop = connection.proof.find((each) => each.hop === 'policy')
  // an enforcer may give any proof; this one gives that of netpol
  return { nc: exitCode === 0, proof: hop?.hop === 'policy' ? (hop.proof as unknown as Proof) : undefined }
}

describe.each(['v1.14', 'v1.35'])('network policy, %s', (version) => {
  it('P1: pods that a policy selects refuse what none allows, in its direction; others do not', () => {
    const cluster = start(version)
    expect(tries(cluster, 'default/web', 'db', 6379)).toEqual({ nc: true, proof: undefined })
    cluster.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny' },
      spec: { podSelector: { matchLabels: { role: 'db' } }, policyTypes: ['Ingress'] },
    })
    expect(cluster.kubectl('get networkpolicy').stdout).toMatch(
      /^NAME +POD-SELECTOR +AGE\ndeny +role=db +\S+\n$/,
    )
    const denied = tries(cluster, 'default/web', 'db', 6379)
    expect(denied.nc).toBe(false)
    expect(denied.proof?.ingress).toMatchObject({
      allowed: false,
      because: 'NetworkPolicy',
      tiers: [{}, { outcome: 'Deny', policies: [{ name: 'deny', rules: [] }] }],
    })
    expect(denied.proof?.egress).toMatchObject({ allowed: true, because: 'default' })
    expect(tries(cluster, 'default/db', 'web', 80).nc).toBe(true)
    expect(tries(cluster, 'default/plain', 'web', 80).nc).toBe(true)
    cluster.kubectl('delete networkpolicy deny')
    expect(tries(cluster, 'default/web', 'db', 6379).nc).toBe(true)
  })

  it('P2: out of role=db only to 10.0.0.0/24, TCP 5978', () => {
    const cluster = start(version)
    expect(cluster.kubectl('create -f policy.yaml', { files: { 'policy.yaml': egress } }).stdout).toBe(
      'networkpolicy.networking.k8s.io/test-network-policy created\n',
    )
    const [allowed, port, address] = [
      tries(cluster, 'default/db', '10.0.0.200', 5978),
      tries(cluster, 'default/db', '10.0.0.200', 5979),
      tries(cluster, 'default/db', '10.0.1.200', 5978),
    ]
    expect([allowed.nc, port.nc, address.nc, tries(cluster, 'default/web', '10.0.1.200', 5978).nc]).toEqual([
      true,
      false,
      false,
      true,
    ])
    const trials = (proof: Proof | undefined): unknown =>
      proof?.egress.tiers.flatMap(({ policies }) =>
        policies.flatMap(({ rules }) => rules.flatMap((rule) => rule.trials)),
      )
    expect(trials(allowed.proof)).toEqual([
      {
        path: 'spec.egress[0].to[0].ipBlock.cidr',
        matched: true,
        because: 'addressInRange',
        actual: '10.0.0.200',
      },
      { path: 'spec.egress[0].ports[0]', matched: true, because: 'portMatched', actual: '5978/TCP' },
    ])
    expect(trials(port.proof)).toMatchObject([
      { matched: true },
      { path: 'spec.egress[0].ports[0]', matched: false, because: 'otherPort', actual: '5979/TCP' },
    ])
    expect(trials(address.proof)).toMatchObject([
      {
        path: 'spec.egress[0].to[0].ipBlock.cidr',
        matched: false,
        because: 'addressOutOfRange',
        actual: '10.0.1.200',
      },
    ])
    expect(cluster.kubectl('exec db -- wget -qO- -T 2 http://10.0.1.200:5978')).toMatchObject({ exitCode: 1 })
  })

  it('P3: into role=db by address, by namespace, by pod; both sides must allow', () => {
    const cluster = start(version)
    expect(cluster.kubectl('create -f policy.yaml', { files: { 'policy.yaml': ingress } }).stdout).toBe(
      'networkpolicy.networking.k8s.io/test-network-policy created\n',
    )
    const reached = (): readonly boolean[] =>
      ['default/web', 'default/plain', 'default/frontend', 'mine/stranger'].map(
        (from) => tries(cluster, from, 'db', 6379).nc,
      )
    // by address; excepted, and none of the others; role=frontend; a pod of a project's namespace
    expect(reached()).toEqual([true, false, true, true])
    expect(tries(cluster, 'default/web', 'db', 6380).nc).toBe(false)
    const excepted = tries(cluster, 'default/plain', 'db', 6379).proof?.ingress.tiers[1]?.policies[0]
      ?.rules[0]?.trials
    expect(excepted?.map(({ path, because }) => [path, because])).toEqual([
      ['spec.ingress[0].from[0].ipBlock.except[0]', 'addressExcepted'],
      ['spec.ingress[0].from[1].namespaceSelector', 'namespaceLabels'],
      ['spec.ingress[0].from[2].podSelector', 'podLabels'],
    ])
    cluster.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'stay' },
      spec: {
        podSelector: { matchExpressions: [{ key: 'role', operator: 'NotIn', values: ['db', 'frontend'] }] },
        policyTypes: ['Egress'],
      },
    })
    expect(reached()).toEqual([false, false, true, true])
    expect(tries(cluster, 'default/web', 'db', 6379).proof).toMatchObject({
      egress: { allowed: false },
      ingress: { allowed: true },
    })
  })
})

describe.each(['networkpolicy-cases.json', 'clusternetworkpolicy-cases.json'])('%s', (table) => {
  const cases = netpolCases(table)
  it.skipIf(cases === undefined)('P4: all semantics, compiled', () => {
    const wrong = (cases ?? []).flatMap(({ id, world, probes }) => {
      const compiled = compileWorld(world)
      return probes
        .filter(({ connection, allowed }) => compiled.allows(connection) !== allowed)
        .map((probe) => ({ id, ...probe }))
    })
    expect(wrong).toEqual([])
  })
})
