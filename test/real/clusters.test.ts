import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isApiError, SimCluster } from 'simcluster'
import { clusters, connect, fromCluster, type TestCluster } from 'simcluster/real'
import { serve, type ClusterServer } from 'simcluster/server'
import { has, needs, programs } from '../e2e/harness.js'

/** A served cluster stands for a real one: only kubectl knows where it is. */
let server: ClusterServer
const folder = mkdtempSync(join(tmpdir(), 'simcluster-real-'))
const kubeconfig = join(folder, 'config')
const reached = { kubeconfig, kubectl: programs.kubectl }
const real = { ...reached, longestWait: '1s' } as const

beforeAll(async () => {
  server = await serve(new SimCluster({ nodes: 2, time: { start: Date.now() } }).settle(), {
    time: { speed: 20 },
  })
  server.writeKubeconfig(kubeconfig)
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}`

const isReady = (replicas: number) => async (cluster: TestCluster) =>
  (await cluster.get('deployments', 'web')).status.readyReplicas === replicas

describe.each(clusters({ simulated: { nodes: 2 }, real }))('a %s cluster', (kind, make) => {
  let cluster: TestCluster
  const isPlayed = kind === 'simulated' || has('kubectl') || process.env.CI !== undefined
  beforeAll(async () => {
    if (!isPlayed) return // each test says that kubectl is missing
    cluster = await make()
    await cluster.apply(web)
  })
  afterAll(async () => {
    if (isPlayed) await cluster.close()
  })

  test('rolls out, and shows its pods, logs and files', async (context) => {
    if (kind === 'real') needs(context, 'kubectl')
    expect(cluster.kind).toBe(kind)
    expect(await cluster.until(isReady(2))).toBe(true)
    const pods = await cluster.list('pods', { labelSelector: 'app=web' })
    expect(pods).toHaveLength(2)
    const [pod] = pods
    expect(await cluster.logs(pod?.metadata ?? {})).toContain('ready for start up')
    expect(await cluster.exec(pod?.metadata ?? {}, 'cat /etc/hostname')).toMatchObject({
      exitCode: 0,
      stdout: `${pod?.metadata.name ?? ''}\n`,
    })
  })

  test('creates, patches, edits and deletes', async (context) => {
    if (kind === 'real') needs(context, 'kubectl')
    await cluster.create('configmaps', { metadata: { name: 'c' }, data: { a: '1' } })
    await cluster.patch('configmaps', 'c', { type: 'merge', body: { data: { b: '2' } } })
    const edited = await cluster.edit(
      'configmaps',
      'c',
      (draft) => void (draft.data = { ...draft.data, c: '3' }),
    )
    expect(edited.data).toEqual({ a: '1', b: '2', c: '3' })
    expect(edited.metadata.namespace).toBe(cluster.namespace)
    await cluster.delete('configmaps', 'c')
    const missing: unknown = await cluster.get('configmaps', 'c').catch((error: unknown) => error)
    expect(isApiError(missing, 'NotFound')).toBe(true)
    await expect(cluster.create('configmaps', { metadata: { name: 'C' } })).rejects.toMatchObject({
      code: 422,
    })
  })

  test('tells who may, and runs kubectl', async (context) => {
    if (kind === 'real') needs(context, 'kubectl')
    expect(await cluster.can('list', 'secrets')).toBe(true)
    expect(await cluster.can('list', 'secrets', { as: 'jane' })).toBe(false)
    expect((await cluster.kubectl('get nodes -o name')).stdout).toBe('node/node-1\nnode/node-2\n')
    await cluster.kubectl("annotate node node-1 note='two words'")
    expect((await cluster.get('nodes', 'node-1')).metadata.annotations?.note).toBe('two words')
    await cluster.advance('1s')
  })
})

test('a real cluster waits at most as long as it is told', async (context) => {
  needs(context, 'kubectl')
  const cluster = await connect(real)
  await expect(cluster.advance('1h')).rejects.toThrow('a real cluster would have to wait 1h; the most is 1s')
})

test('a cluster that cannot be reached is said at once', async (context) => {
  needs(context, 'kubectl')
  await expect(connect({ ...real, kubeconfig: '/nonexistent' })).rejects.toThrow(
    /kubectl cannot reach the cluster/,
  )
})

describe('a copy of a real cluster', () => {
  beforeAll(() => {
    server.cluster.kubectl('create namespace shop')
    server.cluster.kubectl('create deployment web -n shop --image=nginx --replicas=3')
    server.cluster.kubectl('create secret generic key -n shop --from-literal=a=b')
    server.cluster.advance('1m')
  })

  test('has its objects, and shows what would happen', async (context) => {
    needs(context, 'kubectl')
    const original = server.cluster
    const copy = await fromCluster(reached)
    const uids = (cluster: SimCluster): readonly (string | undefined)[] =>
      cluster.list('pods', { namespace: 'shop' }).items.map(({ metadata }) => metadata.uid)
    expect(uids(copy)).toEqual(uids(original))
    expect(copy.list('secrets', { namespace: 'shop' }).items).toEqual([])
    copy.settle()
    expect(copy.node('node-1').drain({ ignoreDaemonSets: true }).exitCode).toBe(0)
    copy.settle()
    const onNode2 = copy.list('pods', { namespace: 'shop' }).items.map(({ spec }) => spec.nodeName)
    expect(onNode2).toEqual(['node-2', 'node-2', 'node-2'])
    expect(original.node('node-1').object.spec.unschedulable).toBe(undefined)
  })

  test('can be of some namespaces, and with their Secrets', async (context) => {
    needs(context, 'kubectl')
    const copy = await fromCluster({ ...reached, namespaces: ['shop'], secrets: true })
    expect(copy.list('secrets').items.map(({ metadata }) => metadata.name)).toEqual(['key'])
    expect(copy.nodes()).toHaveLength(2)
  })
})

test('objects of a kind that is not served are named', () => {
  const widget = {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w', namespace: 'default' },
  }
  expect(() => SimCluster.fromObjects([widget])).toThrow(
    'v1.35 does not serve example.com/v1 Widget: apply the CustomResourceDefinition of Widget first',
  )
})
