import { beforeEach, describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

const ADMIN = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

/**
 * What other in-memory clusters get wrong, one test for each: @ngrok/webernetes 0.3.5 and client-go's fake
 * clientset. Over HTTP, since that is where the difference shows to a client.
 */
let cluster: SimCluster
beforeEach(() => {
  cluster = new SimCluster({ nodes: 2 })
})

/** As much of any answer as is looked at here. */
interface Answer {
  readonly code: number
  readonly reason?: string
  readonly message?: string
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly resourceVersion: string
    readonly name?: string
  }
  readonly spec: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
  readonly items: readonly Answer[]
}

function send(method: string, path: string, body?: object, type = 'application/json'): Answer {
  const [at = '', query = ''] = path.split('?')
  const response = cluster.http.handle({
    method,
    path: at,
    query,
    user: ADMIN,
    headers: body === undefined ? {} : { 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { ...(JSON.parse('body' in response ? response.body : '{}') as Answer), code: response.code }
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'
const configMap = (name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...more,
})
const pod = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
})
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
}
const phase = (name: string): unknown => send('GET', `${PODS}/${name}`).status?.['phase']

describe('requests', () => {
  test('a duplicate create is 409, a duplicate nodePort 422, a bad label selector 400', () => {
    send('POST', CONFIG_MAPS, configMap('a'))
    expect(send('POST', CONFIG_MAPS, configMap('a')).code).toBe(409)
    const service = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
    })
    const services = '/api/v1/namespaces/default/services'
    expect([send('POST', services, service('a')).code, send('POST', services, service('b')).code]).toEqual([
      201, 422,
    ])
    expect(send('GET', `${PODS}?labelSelector=a%3D%3D%3Db`).code).toBe(400)
  })

  test('dryRun=All stores nothing', () => {
    expect(send('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('a')).code).toBe(201)
    expect(send('GET', `${CONFIG_MAPS}/a`).code).toBe(404)
  })

  test('unknown fields under Strict, bad names and empty containers are refused', () => {
    expect(send('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, configMap('a', { nope: 1 })).code).toBe(400)
    expect(send('POST', CONFIG_MAPS, configMap('A_b')).code).toBe(422)
    expect(send('POST', PODS, pod('a', { containers: [] })).code).toBe(422)
  })

  test('a pod gets its defaults; immutable fields stay', () => {
    const made = send('POST', PODS, pod('a'))
    expect(made.spec).toMatchObject({
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    })
    expect(
      send('PUT', `${PODS}/a`, { ...made, spec: { ...made.spec, nodeName: 'node-2', hostNetwork: true } })
        .code,
    ).toBe(422)
    const web = send('POST', '/apis/apps/v1/namespaces/default/deployments', deployment)
    const changed = { ...web, spec: { ...web.spec, selector: { matchLabels: { app: 'other' } } } }
    expect(send('PUT', '/apis/apps/v1/namespaces/default/deployments/web', changed).code).toBe(422)
  })

  test(
    'a PUT writes neither status nor creationTimestamp; one that changes nothing keeps the ' +
      'resourceVersion',
    () => {
      const made = send('POST', PODS, pod('a'))
      const put = send('PUT', `${PODS}/a`, {
        ...made,
        metadata: { ...made.metadata, creationTimestamp: '2000-01-01T00:00:00Z' },
        status: { phase: 'Failed' },
      })
      expect(put.status?.['phase']).toBe('Pending')
      expect([put.metadata['creationTimestamp'], put.metadata.resourceVersion]).toEqual([
        made.metadata['creationTimestamp'],
        made.metadata.resourceVersion,
      ])
    },
  )

  test('a namespace in the body that is not that of the URL is refused', () => {
    const elsewhere = { ...configMap('a'), metadata: { name: 'a', namespace: 'kube-system' } }
    expect(send('POST', CONFIG_MAPS, elsewhere).code).toBe(400)
    expect(send('GET', '/api/v1/namespaces/kube-system/configmaps/a').code).toBe(404)
  })

  test("a create leaves the caller's object as it is", () => {
    const mine = { metadata: { name: 'a', namespace: 'default' }, data: { k: 'v' } }
    cluster.create('configmaps', mine)
    expect(mine).toEqual({ metadata: { name: 'a', namespace: 'default' }, data: { k: 'v' } })
  })

  test('generation and observedGeneration', () => {
    const at = '/apis/apps/v1/namespaces/default/deployments'
    expect(send('POST', at, deployment).metadata['generation']).toBe(1)
    send('PATCH', `${at}/web`, { spec: { replicas: 2 } }, 'application/merge-patch+json')
    cluster.settle()
    const { metadata, status } = send('GET', `${at}/web`)
    expect([metadata['generation'], status?.['observedGeneration']]).toEqual([2, 2])
  })

  test('JSON patch, apply, and strategic merge patch on a Node', () => {
    send('POST', CONFIG_MAPS, configMap('a', { data: {} }))
    expect(
      send(
        'PATCH',
        `${CONFIG_MAPS}/a`,
        [{ op: 'add', path: '/data', value: { k: 'v' } }],
        'application/json-patch+json',
      ).code,
    ).toBe(200)
    expect(
      send('PATCH', `${CONFIG_MAPS}/b?fieldManager=m`, configMap('b'), 'application/apply-patch+yaml').code,
    ).toBe(201)
    expect(
      send(
        'PATCH',
        '/api/v1/nodes/node-1',
        { spec: { unschedulable: true } },
        'application/strategic-merge-patch+json',
      ).code,
    ).toBe(200)
  })

  test('limit pages; field selectors that there are not are refused', () => {
    for (const name of ['a', 'b', 'c']) send('POST', CONFIG_MAPS, configMap(name))
    const page = send('GET', `${CONFIG_MAPS}?limit=2`)
    expect(page.items).toHaveLength(2)
    const rest = send(
      'GET',
      `${CONFIG_MAPS}?limit=9&continue=${encodeURIComponent(String(page.metadata['continue']))}`,
    )
    expect(
      [...page.items, ...rest.items]
        .map(({ metadata }) => metadata.name)
        .filter((name) => name !== 'kube-root-ca.crt'),
    ).toEqual(['a', 'b', 'c'])
    expect(send('GET', `${PODS}?fieldSelector=spec.foo%3Dx`).code).toBe(400)
    expect(send('GET', `${CONFIG_MAPS}?fieldSelector=metadata.name%3Db`).items).toHaveLength(1)
  })

  test('stale resourceVersion is 409; uid, creationTimestamp and generated names are filled in', () => {
    const made = send('POST', CONFIG_MAPS, { metadata: { generateName: 'x-' } })
    expect(made.metadata.name).toMatch(/^x-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(
      [made.metadata['uid'], made.metadata['creationTimestamp'], made.metadata.resourceVersion].every(
        Boolean,
      ),
    ).toBe(true)
    const at = `${CONFIG_MAPS}/${made.metadata.name ?? ''}`
    send('PATCH', at, { data: { k: 'v' } }, 'application/merge-patch+json')
    expect(send('PUT', at, { ...made, data: { k: 'w' } }).code).toBe(409)
  })

  test('finalizers hold an object; owners take their dependents with them; namespaces end', () => {
    send('POST', CONFIG_MAPS, { metadata: { name: 'held', finalizers: ['a.b/c'] } })
    send('DELETE', `${CONFIG_MAPS}/held`)
    expect(send('GET', `${CONFIG_MAPS}/held`).metadata['deletionTimestamp']).toBeTypeOf('string')
    send('POST', '/apis/apps/v1/namespaces/default/deployments', deployment)
    cluster.settle()
    expect(send('GET', PODS).items).toHaveLength(1)
    send('DELETE', '/apis/apps/v1/namespaces/default/deployments/web')
    cluster.settle()
    expect(send('GET', PODS).items).toHaveLength(0)
    send('POST', '/api/v1/namespaces', { metadata: { name: 'x' } })
    send('DELETE', '/api/v1/namespaces/x')
    cluster.settle()
    expect(send('GET', '/api/v1/namespaces/x').code).toBe(404)
  })
})

describe('watches', () => {
  const open = (query: string): { next: () => readonly string[]; timeoutSeconds: number | undefined } => {
    const response = cluster.http.handle({
      method: 'GET',
      path: CONFIG_MAPS,
      query: `watch=true&${query}`,
      user: ADMIN,
    })
    if (!('next' in response)) throw new Error(response.body)
    return response
  }
  const types = (lines: readonly string[]): string[] =>
    lines.map((line) => (JSON.parse(line) as { type: string }).type)

  test('selectors hold; the end of the initial events is marked; the timeout is known', () => {
    const {
      metadata: { resourceVersion },
    } = send('GET', CONFIG_MAPS)
    const watch = open(`resourceVersion=${resourceVersion}&labelSelector=a%3Db&timeoutSeconds=7`)
    send('POST', CONFIG_MAPS, configMap('no'))
    send('POST', CONFIG_MAPS, { metadata: { name: 'yes', labels: { a: 'b' } } })
    expect(types(watch.next())).toEqual(['ADDED'])
    expect(watch.timeoutSeconds).toBe(7)
    const initial = open('sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true')
    expect(types(initial.next()).at(-1)).toBe('BOOKMARK')
  })

  test('after compaction the past is gone', () => {
    const {
      metadata: { resourceVersion },
    } = send('GET', CONFIG_MAPS)
    send('POST', CONFIG_MAPS, configMap('a'))
    cluster.advance('15m')
    expect(open(`resourceVersion=${resourceVersion}`).next()[0]).toContain('"code":410')
  })
})

describe('behaviour', () => {
  test.each([
    ['nodeSelector', { nodeSelector: { no: 'where' } }],
    [
      'affinity',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'no', operator: 'Exists' }] }],
            },
          },
        },
      },
    ],
    ['resources', { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1000' } } }] }],
  ])('%s keeps a pod from being scheduled', (_, spec) => {
    send('POST', PODS, pod('a', spec))
    cluster.settle()
    expect(send('GET', `${PODS}/a`).spec['nodeName']).toBeUndefined()
  })

  test('cordoned, tainted and dead nodes get no pods', () => {
    cluster.kubectl('cordon node-1')
    cluster.kubectl('taint node node-2 a=b:NoSchedule')
    send('POST', PODS, pod('a'))
    cluster.settle()
    expect(send('GET', `${PODS}/a`).spec['nodeName']).toBeUndefined()
  })

  test('a dead node becomes NotReady, and its pods are evicted', () => {
    send('POST', '/apis/apps/v1/namespaces/default/deployments', deployment)
    cluster.settle()
    const [first] = send('GET', PODS).items
    const node = String(first?.spec['nodeName'])
    cluster.node(node).crash()
    cluster.advance('10m')
    expect(cluster.kubectl('get nodes').stdout).toMatch(new RegExp(`${node} +NotReady`))
    expect(send('GET', `${PODS}/${first?.metadata.name ?? ''}`).metadata['deletionTimestamp']).toBeTypeOf(
      'string',
    )
  })

  test('NoExecute evicts; pods of a deleted Node go', () => {
    send('POST', PODS, pod('a', { nodeName: 'node-1' }))
    send('POST', PODS, pod('b', { nodeName: 'node-2' }))
    cluster.settle()
    cluster.kubectl('taint node node-1 a=b:NoExecute')
    cluster.settle()
    expect(send('GET', `${PODS}/a`).code).toBe(404)
    cluster.node('node-2').crash()
    send('DELETE', '/api/v1/nodes/node-2')
    cluster.advance('10m')
    expect(send('GET', `${PODS}/b`).code).toBe(404)
  })

  test('init containers run', () => {
    send('POST', PODS, pod('init', { initContainers: [{ name: 'i', image: 'busybox' }] }))
    cluster.settle()
    expect(send('GET', `${PODS}/init`).status?.['initContainerStatuses']).toHaveLength(1)
  })

  test('a missing ConfigMap or Secret keeps a pod from running', () => {
    const mounted = { name: 'c', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/v' }] }
    send(
      'POST',
      PODS,
      pod('volume', { containers: [mounted], volumes: [{ name: 'v', configMap: { name: 'nope' } }] }),
    )
    send(
      'POST',
      PODS,
      pod('env', { containers: [{ name: 'c', image: 'nginx', envFrom: [{ secretRef: { name: 'nope' } }] }] }),
    )
    cluster.settle()
    expect([phase('volume'), phase('env')]).toEqual(['Pending', 'Pending'])
  })
})
