/** Published failures of controllers, nodes and configurations that work against each other. */
import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'
import { invariants, type Invariant } from '../../../src/testing/index.js'
import { createWeb, expectHolds, expectViolated, labels, podSpec, readyWeb, explore } from './support.js'

const podsOf = (cluster: SimCluster): number => cluster.list('pods', { namespace: 'default' }).items.length

/** That of kube-controller-manager's flags: 20 requests a second after 30. */
const REAL_RATE = { qps: 20, burst: 30 }

describe('a Deployment whose pods no kubelet keeps', () => {
  const explored = (cluster: SimCluster, most: number): ReturnType<typeof explore> =>
    explore(cluster, {
      search: { delays: 0 },
      time: '5s',
      always: [
        {
          name: 'replaced at the rate of a real loop',
          holds: (c) => podsOf(c) < most || `${podsOf(c)} pods`,
        },
      ],
      eventually: [{ name: 'ready', holds: (c) => readyWeb(c) === 1, within: '5s' }],
    })

  // kubernetes/kubernetes#86921 and its kin: OutOfcpu, once per round trip between controller and kubelet
  test('asks for more than its node has, and is replaced no faster than by a real kubelet', () => {
    const cluster = new SimCluster({ nodes: 1, limits: { podCreation: REAL_RATE } })
    const resources = { requests: { cpu: '100' } }
    createWeb(
      cluster,
      1,
      podSpec({ nodeName: 'node-1', containers: [{ name: 'web', image: 'nginx', resources }] }),
    )
    expectViolated(explored(cluster, 140), 'ready')
  })

  // kubernetes/kubernetes#55713: a template that names a tainted node is evicted as soon as it is bound
  test('names a node with a NoExecute taint, and is replaced no faster than it can end', () => {
    const cluster = new SimCluster({ nodes: 1, limits: { podCreation: REAL_RATE } })
    cluster.kubectl('taint node node-1 broken=yes:NoExecute')
    createWeb(cluster, 1, podSpec({ nodeName: 'node-1' }))
    expectViolated(explored(cluster, 140), 'ready')
  })
})

describe('a drain under a budget', () => {
  const drained = (replicas: number): ReturnType<typeof explore> => {
    const cluster = new SimCluster({ nodes: 2 })
    createWeb(cluster, replicas)
    cluster.create('poddisruptionbudgets', {
      metadata: { name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    })
    const onNode1 = (c: SimCluster): boolean =>
      c.list('pods', { namespace: 'default' }).items.some(({ spec }) => spec.nodeName === 'node-1')
    return explore(cluster.settle(), {
      search: { delays: 0 },
      actions: [
        {
          name: 'drain',
          do: (c) => {
            c.kubectl('cordon node-2')
            c.kubectl('drain node-1 --timeout=1m')
            c.kubectl('uncordon node-2')
            c.kubectl('drain node-1 --timeout=3m')
          },
        },
      ],
      eventually: [{ name: 'drained', holds: (c) => !onNode1(c), within: '10m' }],
    })
  }

  // kubernetes/kubernetes#48307: minAvailable equal to the replicas blocks every eviction
  test('of as many pods as must be available never ends', () => {
    const blocked = drained(1)
    expectViolated(blocked, 'drained')
  })

  test('ends once another pod may take over', () => {
    expect(drained(2).verdict).toBe('holds')
  })
})

describe('maintenance of one node after the other', () => {
  /** Judges each write, since a drain is one step of an exploration. */
  const twoReady: Invariant = {
    name: 'two ready',
    rule: 'two pods of three are ready',
    observe: (cluster) => ({
      write: () =>
        readyWeb(cluster) >= 2 ? undefined : { message: `${readyWeb(cluster)} ready`, objects: [] },
    }),
  }
  const maintained = (isBudgeted: boolean): ReturnType<typeof explore> => {
    const cluster = new SimCluster({ nodes: 3 })
    const spread = {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway' as const,
    }
    const topologySpreadConstraints = [{ ...spread, labelSelector: { matchLabels: labels } }]
    createWeb(cluster, 3, podSpec({ topologySpreadConstraints }))
    if (isBudgeted)
      cluster.create('poddisruptionbudgets', {
        metadata: { name: 'web' },
        spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
      })
    return explore(cluster.settle(), {
      search: { delays: 0 },
      actions: ['node-1', 'node-2', 'node-3'].map((node, at) => ({
        name: `maintain ${node}`,
        at: at === 0 ? ('start' as const) : ('rest' as const),
        do: (c: SimCluster) => c.kubectl(`drain ${node} --timeout=5m`) && c.kubectl(`uncordon ${node}`),
      })),
      always: [twoReady],
    })
  }

  // Kivi's case S6: pods do not move back, so that the next node has more of them than one
  test('takes more pods at once than a node had at first', () => {
    expectViolated(maintained(false), 'two ready')
  })

  test('does not under a budget', () => {
    expect(maintained(true).verdict).toBe('holds')
  })
})

describe('a namespace that is deleted', () => {
  const gone = { name: 'gone', within: '10m' } as const
  const deleted = (prepare: (cluster: SimCluster) => void): ReturnType<typeof explore> => {
    const cluster = new SimCluster({ nodes: 0 })
    cluster.create('namespaces', { metadata: { name: 'team' } })
    prepare(cluster)
    return explore(cluster.settle(), {
      search: { delays: 0 },
      actions: [{ name: 'delete', do: (c) => c.delete('namespaces', 'team') }],
      eventually: [
        {
          ...gone,
          holds: (c) => c.list('namespaces').items.every(({ metadata }) => metadata.name !== 'team'),
        },
      ],
    })
  }

  // kubernetes/kubernetes#60807: an object whose finalizer nobody removes
  test('with an object whose finalizer nobody removes stays for ever', () => {
    const result = deleted((cluster) =>
      cluster
        .in('team')
        .create('configmaps', { metadata: { name: 'kept', finalizers: ['example.com/lost'] } }),
    )
    expectViolated(result, 'gone')
  })

  // kubernetes/kubernetes#73405: an APIService without a server stops discovery
  test('while an APIService has no server stays for ever', () => {
    const result = deleted((cluster) =>
      cluster.apply({
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.dead.example.com' },
        spec: {
          group: 'dead.example.com',
          version: 'v1',
          insecureSkipTLSVerify: true,
          groupPriorityMinimum: 100,
          versionPriority: 100,
          service: { namespace: 'default', name: 'dead' },
        },
      }),
    )
    expectViolated(result, 'gone')
  })

  test('goes away without either', () => {
    expect(deleted(() => undefined).verdict).toBe('holds')
  })
})

describe('a webhook that is asked about its own pods', () => {
  const restarted = (exempt: boolean): ReturnType<typeof explore> => {
    const cluster = new SimCluster({ nodes: 1 })
    createWeb(cluster, 1)
    cluster.create('services', {
      metadata: { name: 'hook' },
      spec: { selector: labels, ports: [{ port: 443, targetPort: 80 }] },
    })
    cluster.settle()
    cluster.apply({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'hook.example.com',
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          clientConfig: { service: { namespace: 'default', name: 'hook' } },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          failurePolicy: 'Fail',
          ...(exempt
            ? { objectSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } }
            : {}),
        },
      ],
    })
    return explore(cluster, {
      search: { delays: 0 },
      actions: [{ name: 'restart', do: (c) => c.kubectl('delete pods -l app=web --wait=false') }],
      eventually: [{ name: 'ready again', holds: (c) => readyWeb(c) === 1, within: '10m' }],
    })
  }

  // kubernetes.io, Admission webhook good practices: a webhook must not intercept what it needs to start
  test('never comes back once it is down', () => {
    expectViolated(restarted(false), 'ready again')
  })

  test('does where its own pods are exempt', () => {
    expect(restarted(true).verdict).toBe('holds')
  })
})

describe('a CronJob whose jobs do not end', () => {
  const played = (concurrencyPolicy: 'Allow' | 'Forbid'): ReturnType<typeof explore> => {
    const cluster = new SimCluster({ nodes: 1 })
    const spec = {
      restartPolicy: 'Never' as const,
      containers: [{ name: 'job', image: 'busybox', command: ['sleep', 'infinity'] }],
    }
    cluster.create('cronjobs', {
      metadata: { name: 'often' },
      spec: { schedule: '* * * * *', concurrencyPolicy, jobTemplate: { spec: { template: { spec } } } },
    })
    return explore(cluster.settle(), {
      search: { delays: 0 },
      time: '6m',
      always: [{ name: 'few jobs at once', holds: (c) => c.list('jobs').items.length < 4 }],
    })
  }

  // kubernetes.io, CronJob: concurrencyPolicy is Allow unless it is said
  test('pile up where they may run beside each other', () => {
    expectViolated(played('Allow'), 'few jobs at once')
  })

  test('do not where they may not', () => {
    expect(played('Forbid').verdict).toBe('holds')
  })
})

describe('what must hold under faults', () => {
  // kubernetes/kubernetes#103713 and its kin: endpoints of pods that are gone
  test('endpoints follow the pods, though their controller crashes', () => {
    const cluster = new SimCluster({ nodes: 2 })
    createWeb(cluster, 2)
    cluster.create('services', {
      metadata: { name: 'web' },
      spec: { selector: labels, ports: [{ port: 80 }] },
    })
    const ready = (c: SimCluster): number =>
      c
        .list('endpointslices', { namespace: 'default', labelSelector: 'kubernetes.io/service-name=web' })
        .items.flatMap(({ endpoints }) => endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready === true).length
    expectHolds(cluster.settle(), {
      search: { delays: 0 },
      actions: [{ name: 'replace', do: (c) => c.kubectl('delete pods -l app=web --wait=false') }],
      faults: { crash: 1, lostResponse: 1, of: ['kube-controller-manager/endpointslice-controller'] },
      eventually: [{ holds: (c) => readyWeb(c) === 2 && ready(c) === 2, within: '5m' }],
    })
  })

  // kubernetes/kubernetes#98671: SyncFailed until something changes, or until the informers' resync
  test('a budget whose status failed twice is synchronized again at the resync', () => {
    const cluster = new SimCluster({ nodes: 0 })
    cluster.create('poddisruptionbudgets', {
      metadata: { name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    })
    expectHolds(cluster, {
      search: { delays: 0 },
      faults: { error: 2, of: ['kube-controller-manager/disruption-controller'] },
      eventually: [
        {
          holds: (c) =>
            c
              .get('poddisruptionbudgets', 'web')
              .status.conditions?.every(({ reason }) => reason !== 'SyncFailed') === true,
          within: '25h',
        },
      ],
    })
  })

  // kubernetes/kubernetes#79855: an orphan is adopted while the collector still looks at its old owner
  test('orphans are adopted, not collected', () => {
    const cluster = new SimCluster({ nodes: 1 })
    const spec = {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec() },
    }
    cluster.create('replicasets', { metadata: { name: 'old' }, spec })
    cluster.settle()
    const [first] = cluster.list('pods', { namespace: 'default' }).items
    expectHolds(cluster, {
      search: { delays: 1 },
      actions: [
        { name: 'orphan', do: (c) => c.kubectl('delete replicaset old --cascade=orphan') },
        { name: 'adopt', at: 'any', do: (c) => c.create('replicasets', { metadata: { name: 'new' }, spec }) },
      ],
      always: invariants,
      eventually: [
        {
          holds: (c) =>
            c
              .list('pods', { namespace: 'default' })
              .items.some(
                ({ metadata }) =>
                  metadata.uid === first?.metadata.uid &&
                  metadata.deletionTimestamp === undefined &&
                  metadata.ownerReferences?.[0]?.name === 'new',
              ),
          within: '10m',
        },
      ],
    })
  })
})
