import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { keyBytes, SnapshotError } from '../../../src/etcd/index.js'
import { SimCluster } from '../../../src/index.js'

const fixture = (name: string): Buffer =>
  gunzipSync(readFileSync(new URL(`../../fixtures/etcd/${name}.gz`, import.meta.url)))
const real = fixture('real-cluster.snapshot.db')
/** When kubectl was run on the real apiserver. */
const SEEN = Date.parse('2026-11-24T15:34:07Z')

interface Printed {
  readonly command: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A text whose ages, and the blanks after them, are not told apart. */
const ageless = (text: string): string => text.replaceAll(/\b(\d+m)?\d+s\b/g, '<age>').replaceAll(/ +/g, ' ')

describe('a snapshot of a real cluster', () => {
  test('is a cluster of which kubectl prints what it printed of the real one', () => {
    const cluster = SimCluster.fromEtcdSnapshot(real, { time: { start: SEEN } })
    expect([cluster.version, cluster.internals.etcd.revision, cluster.state.unreadable()]).toEqual([
      'v1.34',
      462,
      [],
    ])
    const cases = JSON.parse(fixture('real-cluster.outputs.json').toString()) as readonly Printed[]
    expect(cases.length).toBe(40)
    for (const { command, exitCode, stdout, stderr } of cases) {
      const ours = cluster.kubectl(command.replace(/^kubectl /, ''))
      expect({
        command,
        exitCode: ours.exitCode,
        stdout: ageless(ours.stdout),
        stderr: ageless(ours.stderr),
      }).toEqual({ command, exitCode, stdout: ageless(stdout), stderr: ageless(stderr) })
    }
    // and nothing was written by looking
    expect(cluster.internals.etcd.revision).toBe(462)
  })

  test('goes on: nodes are Ready, pods run on where they were, and questions can be asked of it', () => {
    const cluster = SimCluster.fromEtcdSnapshot(real)
    expect(new Date(cluster.now()).toISOString()).toBe('2026-11-24T15:35:00.000Z')
    const pods = (of: SimCluster): readonly string[] =>
      of
        .list('pods')
        .items.map(
          ({ metadata: { name, uid }, spec, status }) =>
            `${name as string} ${uid as string} ${spec.nodeName as string} ${status.podIP as string} ` +
            `${status.phase as string} ${status.containerStatuses?.[0]?.restartCount ?? -1}`,
        )
    const before = pods(cluster)
    cluster.advance('10m')
    expect(pods(cluster)).toEqual(before)
    expect(cluster.kubectl('get nodes').stdout.match(/ Ready/g)?.length).toBe(3)
    expect(cluster.nodes().map((node) => node.name)).toEqual(['node-1', 'node-2', 'node-3'])
    expect(cluster.kubectl('get crontabs -A -o name').stdout).toBe('crontab.stable.example.com/my-cron\n')
    cluster.node('node-3').crash()
    cluster.advance('10m')
    // node-2 is cordoned: what ran on the lost node comes back on node-1
    const whatIf = cluster
      .list('pods', { namespace: 'office' })
      .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    expect(
      whatIf.map(({ spec, status }) => `${spec.nodeName ?? ''} ${status.phase as string}`).sort(),
    ).toEqual([...Array.from({ length: 4 }, () => 'node-1 Running'), 'node-2 Running'])
  })
})

describe('a snapshot of a simulated cluster', () => {
  test(
    'becomes a cluster with the same objects, history and versions, encrypted and unknown values ' +
      'included',
    () => {
      const cluster = new SimCluster({ nodes: 2 })
      cluster.apply(`
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: nginx }] } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: gone, namespace: default }
`)
      cluster.settle()
      cluster.kubectl('delete configmap gone')
      const put = (key: string, text: string): unknown =>
        cluster.internals.etcd.put({ key, value: keyBytes(text) })
      put('/registry/secrets/default/sealed', 'k8s:enc:aescbc:v1:key1:\x01\xff')
      put(
        '/registry/acme.example.com/gizmos/default/g',
        '{"apiVersion":"acme.example.com/v1","kind":"Gizmo","metadata":{"name":"g"}}',
      )
      put('/registry/configmaps/default/torn', 'k8s\0\x0a\x05')
      put('/calico/v1/ipam', '\xff\xfe')
      const copy = SimCluster.fromEtcdSnapshot(cluster.internals.etcd.snapshot())
      expect(copy.internals.etcd.hashKV().hash).toBe(cluster.internals.etcd.hashKV().hash)
      expect(copy.state.unreadable()).toEqual([
        { key: '/calico/v1/ipam', kind: 'foreign', detail: '' },
        {
          key: '/registry/acme.example.com/gizmos/default/g',
          kind: 'unknown',
          detail: 'no resource of the API is stored there',
        },
        { key: '/registry/configmaps/default/torn', kind: 'broken', detail: 'unexpected EOF' },
        { key: '/registry/secrets/default/sealed', kind: 'encrypted', detail: 'k8s:enc:aescbc:v1:key1' },
      ])
      for (const resource of [
        'pods',
        'deployments',
        'nodes',
        'leases',
        'events',
        'clusterroles',
        'services',
      ]) {
        expect(copy.client.list(resource).items).toEqual(cluster.client.list(resource).items)
      }
      expect(copy.version).toBe(cluster.version)
      expect(copy.kubectl('get secrets -A')).toMatchObject({
        exitCode: 1,
        stderr:
          'Error from server (InternalError): Internal error occurred: identity transformer tried to ' +
          'read encrypted data\n',
      })
      copy.advance('5m')
      expect(copy.list('pods').items.map(({ status }) => status.phase)).toEqual([
        'Running',
        'Running',
        'Running',
      ])
      // what could not be read has stayed as it was, and goes on into the next snapshot
      expect(SimCluster.fromEtcdSnapshot(copy.internals.etcd.snapshot()).state.unreadable()).toEqual(
        copy.state.unreadable(),
      )
    },
  )

  test('is copied and written down like any other', () => {
    const cluster = SimCluster.fromEtcdSnapshot(real, { seed: 5 })
    const again = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)))
    const fork = cluster.fork()
    for (const each of [cluster, again, fork]) each.advance('1m')
    expect(new Set([cluster, again, fork].map((each) => each.state.traceHash())).size).toBe(1)
    expect(again.internals.etcd.hashKV()).toEqual(cluster.internals.etcd.hashKV())
  })

  test('whatever lies where nodes, pods and leases should be, a cluster is made', () => {
    const cluster = new SimCluster({ nodes: 1 })
    const junk = [
      'null',
      '7',
      '"x"',
      '[]',
      '{}',
      '{"metadata":null}',
      '{"metadata":{"name":5}}',
      'k8s\0',
      'k8s\0\x0a\x00\x12\x02\xff\xff',
      '\xff',
      '',
      '{"__proto__":{"a":1}}',
      '{'.repeat(5000),
    ]
    const named = (kind: string, name: string, more: object): string =>
      JSON.stringify({
        apiVersion: kind === 'Lease' ? 'coordination.k8s.io/v1' : 'v1',
        kind,
        metadata: { name, namespace: 'default', uid: name },
        ...more,
      })
    const nodes = [
      {},
      { status: null },
      { status: { addresses: [{}], nodeInfo: { kubeletVersion: 'v1.30.2+k3s1' } } },
      { status: { nodeInfo: { kubeletVersion: 'v1.99.0-eks-1' } } },
      { status: { nodeInfo: { kubeletVersion: 'nightly' }, capacity: { cpu: '2', memory: '0' } } },
      { status: { capacity: {} }, spec: { podCIDR: 'x' } },
    ]
    const pods = [
      {},
      {
        spec: { nodeName: 'node-1', containers: [] },
        status: { podIP: 'x', containerStatuses: [{ name: 'c', state: { running: {} } }] },
      },
      {
        spec: { nodeName: 'node-1', containers: [{ name: 'c' }] },
        status: {
          podIP: '10.0.0.1',
          phase: 'Running',
          containerStatuses: [
            {
              name: 'c',
              restartCount: -1,
              state: { running: { startedAt: null } },
              lastState: { terminated: {} },
            },
            { name: 'other' },
          ],
        },
      },
    ]
    const put = (key: string, text: string): unknown =>
      cluster.internals.etcd.put({ key, value: keyBytes(text) })
    for (const [at, text] of junk.entries())
      for (const prefix of ['minions/', 'pods/default/', 'leases/default/'])
        put(`/registry/${prefix}junk-${at}`, text)
    for (const [at, more] of nodes.entries())
      put(`/registry/minions/odd-${at}`, named('Node', `odd-${at}`, more))
    for (const [at, more] of pods.entries())
      put(`/registry/pods/default/odd-${at}`, named('Pod', `odd-${at}`, more))
    put(
      '/registry/leases/default/odd',
      named('Lease', 'odd', { spec: { renewTime: '9999-99-99T00:00:00Z' } }),
    )
    const copy = SimCluster.fromEtcdSnapshot(cluster.internals.etcd.snapshot())
    expect(copy.state.unreadable().filter(({ kind }) => kind === 'broken').length).toBeGreaterThan(20)
    copy.advance('2m')
    expect(
      copy.get('nodes', { name: 'node-1' }).status.conditions?.find(({ type }) => type === 'Ready')?.status,
    ).toBe('True')
  })

  test('a broken file is refused and nothing is made of it', () => {
    expect(() => SimCluster.fromEtcdSnapshot(real.subarray(0, 20_000))).toThrow(SnapshotError)
    expect(() => SimCluster.fromEtcdSnapshot(new Uint8Array(3))).toThrow(/^invalid database/)
  })
})
