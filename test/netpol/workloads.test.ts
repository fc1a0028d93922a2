import { describe, expect, test } from 'vitest'
import {
  compileWorld,
  evaluate,
  lintPolicies,
  parseConnection,
  proofErrors,
  reachability,
  readWorld,
} from '../../src/netpol/index.js'
import { worldIn } from '../../src/netpol/world-of.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

const workload = (kind: string, name: string, labels: object, ports: readonly object[] = []): object => {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx', ports }] } }
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template }
  return { apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'shop' }, spec }
}

const service = (name: string, selector: object, ports: readonly object[]): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { selector, ports },
})

const policy = (spec: object, name = 'p'): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'shop' },
  spec,
})

const onlyWeb = policy({
  podSelector: { matchLabels: { app: 'db' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 5432 }] }],
})

/** As the text of a folder. */
const text = (...objects: readonly object[]): string =>
  objects.map((one) => JSON.stringify(one)).join('\n---\n')

const shop = text(
  workload('Deployment', 'web', { app: 'web' }),
  workload('StatefulSet', 'db', { app: 'db' }, [{ containerPort: 5432, name: 'sql' }]),
  workload('CronJob', 'report', { app: 'report' }),
  service('db', { app: 'db' }, [{ port: 80, targetPort: 'sql' }]),
  onlyWeb,
)

describe('workloads in manifests stand for their pods', () => {
  test.each([
    ['shop/deploy/web -> shop/sts/db:5432', true],
    ['shop/cronjob/report -> shop/sts/db:5432', false],
    ['shop/app=web -> shop/app=db:5432', true],
    ['shop/app=report -> shop/db:80', false],
    ['shop/deploy/web -> shop/db:80', true],
    ['shop/deploy/web -> shop/sts/db:sql', true],
    ['external -> shop/sts/db:5432', false],
    ['shop/deploy/web -> shop/sts/db:22', false],
  ])('%s is allowed: %s', (connection, allowed) => {
    expect(evaluate(shop, parseConnection(connection)).allowed).toBe(allowed)
    expect(compileWorld(shop).allows(parseConnection(connection))).toBe(allowed)
  })

  test('the matrix shows them', () => {
    expect(reachability(shop).groups.flatMap(({ pods }) => pods)).toEqual(
      expect.arrayContaining(['shop/deploy/web', 'shop/sts/db', 'shop/cronjob/report']),
    )
  })

  test('one whose pods are listed, too, does not count beside them', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'web', 'pod-template-hash': 'x' } },
    }
    const world = readWorld(text(workload('Deployment', 'web', { app: 'web' }), pod))
    expect([...world.pods.keys()]).toEqual(['shop/web-1'])
  })

  test('their proofs are right by the independent checker', () => {
    const world = worldIn(shop)
    for (const from of ['shop/deploy/web', 'shop/app=report'])
      for (const [to, port] of [
        ['shop/db', 80],
        ['shop/sts/db', 'sql'],
        ['shop/app=db', 5432],
      ] as const) {
        const connection = { from, to, port }
        expect(proofErrors(world, connection, evaluate(world, connection))).toEqual([])
      }
  })

  test('a ReplicaSet of a Deployment does not count beside it', () => {
    const owned = workload('ReplicaSet', 'web-5d', { app: 'web' }) as { metadata: object }
    owned.metadata = { ...owned.metadata, ownerReferences: [{ kind: 'Deployment', name: 'web' }] }
    expect([...readWorld(text(workload('Deployment', 'web', { app: 'web' }), owned)).pods.keys()]).toEqual([
      'shop/deploy/web',
    ])
  })

  test.each([
    ['shop/deploy/wbe -> shop/sts/db:1', 'Not found: "shop/deploy/wbe"; did you mean shop/deploy/web?'],
    ['shop/app=wbe -> shop/sts/db:1', 'selects no pod or workload; did you mean shop/app=web?'],
    ['shop/db -> shop/sts/db:1', 'is a Service, from which no connection begins'],
    ['shop/deploy/web -> shop/db:81', 'the Service shop/db has 80/TCP'],
  ])('%s says what is wrong', (connection, message) => {
    expect(() => evaluate(shop, parseConnection(connection))).toThrow(message)
  })

  test('labels that select pods which policies can tell apart are refused', () => {
    const mixed = text(
      workload('Deployment', 'a', { app: 'x', tier: '1' }),
      workload('Deployment', 'b', { app: 'x', tier: '2' }),
    )
    expect(() => evaluate(mixed, parseConnection('shop/app=x -> external:80'))).toThrow(
      'selects shop/deploy/a and shop/deploy/b, which have different labels',
    )
  })

  test('labels and Services are ends in a cluster, too', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.create('namespaces', { metadata: { name: 'shop' } })
    cluster.settle()
    cluster.kubectl('create deployment web -n shop --image=nginx --replicas=2')
    cluster.kubectl('expose deployment web -n shop --port=80')
    cluster.settle()
    expect(evaluate(cluster, { from: 'external', to: 'shop/web', port: 80 }).allowed).toBe(true)
    expect(evaluate(cluster, { from: 'shop/app=web', to: 'shop/web', port: 80 }).allowed).toBe(true)
  })
})

describe('lintPolicies', () => {
  const found = (...objects: readonly object[]): readonly string[] =>
    lintPolicies(text(...objects)).map(({ where, problem }) => `${where}: ${problem}`)
  const web = workload('Deployment', 'web', { app: 'web' }, [{ containerPort: 8080, name: 'http' }])
  const db = workload('StatefulSet', 'db', { app: 'db' })

  test('finds nothing in manifests that fit together', () => {
    expect(lintPolicies(shop)).toEqual([])
  })

  test.each<readonly [string, readonly object[], string]>([
    [
      'a peer that matches no workload',
      [
        web,
        db,
        policy({
          podSelector: { matchLabels: { app: 'db' } },
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'wbe' } } }] }],
        }),
      ],
      'NetworkPolicy shop/p spec.ingress[0].from[0]: matches no pod and no workload; did you mean app=web?',
    ],
    [
      'a policy that selects nothing',
      [web, policy({ podSelector: { matchLabels: { app: 'dbb' } } })],
      'NetworkPolicy shop/p spec.podSelector: selects no pod and no workload',
    ],
    [
      'a namespace selector that matches no namespace',
      [
        web,
        policy({
          podSelector: {},
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }] }],
        }),
      ],
      'NetworkPolicy shop/p spec.ingress[0].from[0]: matches no namespace',
    ],
    [
      'an egress policy that blocks DNS',
      [
        web,
        db,
        policy({
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }],
        }),
      ],
      'NetworkPolicy shop/p spec.egress: shop/deploy/web cannot resolve names',
    ],
    [
      'a Service that selects nothing',
      [web, service('web', { app: 'wbe' }, [{ port: 80 }])],
      'Service shop/web: selects no pod and no workload; did you mean app=web?',
    ],
    [
      'a target port that nobody listens on',
      [web, service('web', { app: 'web' }, [{ port: 80, targetPort: 8081 }])],
      'Service shop/web: nobody listens on targetPort 8081 of port 80; they declare http, 8080',
    ],
    [
      'a target port whose name no container has',
      [web, service('web', { app: 'web' }, [{ port: 80, targetPort: 'htttp' }])],
      'Service shop/web: nobody listens on targetPort htttp of port 80',
    ],
  ])('finds %s', (_name, objects, problem) => {
    expect(found(...objects).join('\n')).toContain(problem)
  })

  test.each<readonly [string, readonly object[]]>([
    [
      'egress that allows DNS',
      [
        web,
        policy({
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Egress'],
          egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }],
        }),
      ],
    ],
    [
      'egress that is closed on purpose',
      [web, policy({ podSelector: {}, policyTypes: ['Egress'], egress: [] })],
    ],
    [
      'a Service without a selector',
      [web, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x', namespace: 'shop' }, spec: {} }],
    ],
    ['a target port of a container that declares none', [db, service('db', { app: 'db' }, [{ port: 5432 }])]],
    ['policies without any workload', [onlyWeb]],
  ])('says nothing about %s', (_name, objects) => {
    expect(found(...objects)).toEqual([])
  })
})
