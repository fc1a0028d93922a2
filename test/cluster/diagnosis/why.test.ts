import { inspect } from 'node:util'
import { defineImage, SimCluster } from 'simcluster'
import { failureReport } from 'simcluster/testing'
import { describe, expect, test } from 'vitest'
import { deployment } from '../support.js'

describe('why tells the chain of reasons', () => {
  test('nothing, if all is as wanted', () => {
    const cluster = new SimCluster({ nodes: 2 })
    cluster.apply(deployment('web', 2))
    cluster.settle()
    expect(cluster.why('deployments', 'web')).toBe('')
    expect(cluster.why('nodes', 'node-1')).toBe('')
  })

  test("the scheduler's verdict", () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create deployment web --image=nginx --replicas=5')
    cluster.kubectl('set resources deployment web --requests=cpu=99')
    cluster.settle()
    const text = cluster.why('deployments', 'default/web')
    expect(text).toMatch(/^deployments default\/web has /)
    expect(text).toContain('the scheduler finds no node: 0/1 nodes are available: 1 Insufficient cpu.')
    expect(text).toContain('event FailedScheduling')
    expect(text).toContain('pods default/web-')
  })

  test('the image, and the exit code with the last words', () => {
    const cluster = new SimCluster({
      nodes: 1,
      images: {
        broken: defineImage({
          name: 'broken',
          behavior: { start: () => ({ errorLog: ['cannot open /etc/app.conf'], exit: 3 }) },
        }),
      },
    })
    cluster.kubectl('run lost --image=no.such/image:x')
    cluster.kubectl('run broken --image=broken')
    cluster.settle()
    cluster.advance('2m')
    expect(cluster.why('pods', 'broken')).toMatch(/exit code 3/)
    expect(cluster.why('pods', 'broken')).toContain('cannot open /etc/app.conf')
  })

  test('the quota', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create quota few --hard=pods=1')
    cluster.settle()
    cluster.apply(deployment('web', 3))
    cluster.settle()
    const text = cluster.why('deployments', 'web')
    expect(text).toContain('exceeded quota: few')
    // the ReplicaSet has a condition and events with the same message
    expect(text.match(/exceeded quota/g)).toHaveLength(1)
  })

  test('the finalizers that a namespace waits for', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create namespace office')
    cluster.settle()
    const office = cluster.in('office')
    office.create('configmaps', { metadata: { name: 'kept', finalizers: ['example.com/keep'] } })
    cluster.delete('namespaces', 'office')
    cluster.advance('1m')
    const text = cluster.why('namespaces', 'office')
    expect(text).toContain('condition NamespaceFinalizersRemaining is True: SomeFinalizersRemain')
    expect(text).not.toContain('successfully')
  })

  test('the node, and stopped components', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.apply(deployment('web', 1))
    cluster.settle()
    cluster.node('node-1').crash()
    cluster.component('kube-scheduler').stop()
    cluster.advance('2m')
    const text = cluster.why('deployments', 'web')
    expect(text).toContain(
      'nodes node-1 is not Ready: NodeStatusUnknown: Kubelet stopped posting node status.',
    )
    expect(text).toMatch(/\nstopped: kube-scheduler, kubelet\/node-1$/)
  })

  test('the claim', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.create('persistentvolumeclaims', {
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'none',
        resources: { requests: { storage: '1Gi' } },
      },
    })
    cluster.create('pods', {
      metadata: { name: 'db' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      },
    })
    cluster.settle()
    expect(cluster.why('pods', 'db')).toContain('persistentvolumeclaims default/data is Pending')
  })

  test('a Service without endpoints, and an object that waits for finalizers', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create service clusterip web --tcp=80')
    cluster.create('configmaps', { metadata: { name: 'kept', finalizers: ['example.com/keep'] } })
    cluster.delete('configmaps', 'kept')
    cluster.settle()
    expect(cluster.why('services', 'web')).toBe(
      'services default/web has no endpoints: its selector matches no pod',
    )
    expect(cluster.why('configmaps', 'kept')).toBe(
      'configmaps default/kept is being deleted, and waits for example.com/keep',
    )
    expect(() => cluster.why('pods', 'none')).toThrow('pods "none" not found')
  })
})

test('console.log prints a summary', () => {
  const cluster = new SimCluster({ nodes: 2, seed: 7 })
  expect(inspect(cluster)).toMatch(
    /^SimCluster v1\.35 at 2026-01-01T00:\d\d:\d\dZ, seed 7\nnodes: 2 of 2 ready; pods: none$/,
  )
  cluster.kubectl('create quota few --hard=pods=1')
  cluster.settle()
  cluster.apply(deployment('web', 2))
  cluster.settle()
  cluster.component('kube-scheduler').stop()
  expect(inspect(cluster)).toContain(
    'nodes: 2 of 2 ready; pods: 1 Running\nstopped: kube-scheduler\nnot as wanted:\n' +
      '  deployments default/web has 1 of 2 replicas of its latest revision',
  )
})

test('an image whose name looks like a slip of the pen is told', () => {
  const described = { images: { 'ngnix:1.27': { startTime: 10 } } }
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('run web --image=ngnix:1.27')
  cluster.kubectl('run own --image=registry.example.com/ngnix')
  cluster.kubectl('run app --image=app')
  cluster.settle()
  const told = /^nobody has described the image ngnix:1\.27; did you mean nginx\?$/m
  expect(inspect(cluster).match(/did you mean/g)).toHaveLength(1)
  expect(inspect(cluster)).toMatch(told)
  expect(failureReport(cluster)).toMatch(told)
  const other = new SimCluster({ nodes: 1, ...described })
  other.kubectl('run web --image=ngnix:1.27')
  other.settle()
  expect(inspect(other)).not.toContain('did you mean')
})

test('a failure report has the seed, the causes and the last events', () => {
  const cluster = new SimCluster({ nodes: 1, seed: 7, images: { 'web:1': { pullError: 'no such image' } } })
  cluster.kubectl('run web --image=web:1')
  cluster.settle()
  const text = failureReport(cluster)
  expect(text).toMatch(/^SimCluster v1\.35 at .*, seed 7$/m)
  expect(text).toMatch(/^ {2}pods default\/web is Pending \(ErrImagePull\)$/m)
  expect(text).toContain('event Failed (x1): Failed to pull image "web:1": no such image')
  expect(text).toMatch(/events of the last minute:\n(?:.*\n)*.*! Pod default\/web Failed: Failed to pull/)
})

test('a dump has the summary, causes, events, objects and logs', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create deployment web --image=nginx')
  cluster.settle()
  const files = cluster.dump()
  const hash = cluster.state.traceHash()
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['summary.txt', 'why.txt', 'events.txt', 'objects/pods.yaml']),
  )
  expect(files['timeline.txt']).toMatch(/^\d\d:\d\d:\d\d \+\d+s Pod default\/web-.* Scheduled: /m)
  expect(files['cluster.svg']).toMatch(/^<svg /)
  expect(files['why.txt']).toBe('everything is as wanted\n')
  expect(files['events.txt']).toContain('SuccessfulCreate')
  expect(files['objects/deployments.yaml']).toContain('name: web')
  expect(cluster.dump()).toEqual(files)
  expect(cluster.state.traceHash()).toBe(hash)
})

describe('why in Korean', () => {
  const lang = 'ko'

  test('says the sentences in Korean, and what Kubernetes reports in its own words', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create deployment web --image=nginx --replicas=2')
    cluster.kubectl('set resources deployment web --requests=cpu=99')
    cluster.kubectl('create service clusterip none --tcp=80')
    cluster.settle()
    const text = cluster.why('deployments', 'web', { lang })
    expect(text).toMatch(/^deployments default\/web: 레플리카 2개 중 \d개/)
    expect(text).toContain('스케줄러가 노드를 찾지 못합니다: 0/1 nodes are available: 1 Insufficient cpu.')
    expect(text).toContain('이벤트 FailedScheduling (1회): 0/1 nodes are available')
    expect(cluster.why('services', 'none', { lang })).toBe(
      'services default/none: 엔드포인트가 없습니다: 셀렉터와 일치하는 포드가 없습니다',
    )
    expect(cluster.dump({ lang })['why.txt']).toContain('스케줄러가 노드를 찾지 못합니다')
    // the same facts in both languages, line by line
    const english = cluster.why('deployments', 'web').split('\n')
    expect(text.split('\n').map((line) => line.search(/\S/))).toEqual(
      english.map((line) => line.search(/\S/)),
    )
  })

  test('every line has a Korean sentence: nodes, containers, claims, stopped components', () => {
    const cluster = new SimCluster({ nodes: 2, containers: { unknownImages: 'pullError' } })
    cluster.kubectl('run typo --image=ngnix')
    cluster.kubectl('run broken --image=busybox -- sh -c "echo no config; exit 3"')
    cluster.kubectl(['run', 'other', '--image=nginx', '--overrides={"spec":{"schedulerName":"mine"}}'])
    cluster.create('persistentvolumeclaims', {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })
    cluster.advance('2m')
    const before = cluster.why('pods', 'broken', { lang })
    expect(before).toMatch(/컨테이너 broken이 종료 코드 3으로 종료되었습니다.*; 마지막 출력: no config$/)
    cluster.node('node-2').crash()
    cluster.advance('2m')
    const text = cluster.dump({ lang })['why.txt'] ?? ''
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/[가-힣]/)
    expect(text).toContain('nginx를 잘못 쓴 것이 아닙니까?')
    expect(text).toContain(
      'persistentvolumeclaims default/data: Pending 상태입니다: 지정한 스토리지 클래스도',
    )
    expect(text).toContain('nodes node-2: Ready 상태가 아닙니다: NodeStatusUnknown: Kubelet stopped posting')
    expect(text).toContain('중지된 컴포넌트: kubelet/node-2')
    expect(text).toContain('스케줄러는 mine인데')
    expect(new SimCluster({ nodes: 1 }).settle().dump({ lang })['why.txt']).toBe('모두 원하는 상태입니다\n')
  })

  test('an unknown language is refused', () => {
    const cluster = new SimCluster({ nodes: 1 })
    expect(() => cluster.why('nodes', 'node-1', JSON.parse('{"lang":"fr"}'))).toThrow(/lang/)
    expect(() => cluster.dump(JSON.parse('{"language":"ko"}'))).toThrow(/language/)
  })
})
