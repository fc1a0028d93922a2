import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backUp, lost, restore } from '../../examples/backup.js'
import { formatSnapshotStatus, snapshotStatus } from '../../src/etcd.js'
import { SimCluster } from '../../src/index.js'
import { serve, type ClusterServer } from '../../src/server/index.js'
import { needs, serveCluster } from '../e2e/harness.js'
import { RealEtcd } from '../etcd/real-etcd.js'
import { FORMS, manifest, NODES, type Form } from './chapter1.js'

const run = promisify(execFile)
const hasEtcd = ['etcd', 'etcdctl', 'etcdutl'].every((program) => existsSync(`/usr/bin/${program}`))

it(
  'the real etcd, etcdctl and etcdutl are there (in CI they must be; elsewhere the rows with them are ' +
    'skipped)',
  () => {
    expect(hasEtcd || process.env.CI === undefined).toBe(true)
  },
)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simcluster-course-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const empty = ({ version, kubelet }: Form): SimCluster =>
  new SimCluster({ version, nodes: NODES.map((name) => ({ name, kubeletVersion: kubelet })) })

/** The course's cluster with some of what `get all` does not show. */
function office(form: Form): SimCluster {
  const cluster = empty(form)
  cluster.apply(manifest(form, 1, 'office.yaml'))
  cluster.apply(`
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: default }
data: { colour: blue }
---
apiVersion: v1
kind: Secret
metadata: { name: password, namespace: default }
stringData: { word: sesame }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: default }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get] }]
`)
  cluster.settle()
  return cluster
}

const names = (cluster: SimCluster, resource: 'deployments' | 'daemonsets' | 'services'): readonly string[] =>
  cluster.list(resource).items.map(({ metadata }) => metadata.name as string)

const phases = (cluster: SimCluster): readonly string[] =>
  cluster.list('pods').items.map(({ status }) => status.phase as string)

describe.each(FORMS)('backup and restore, $form', (form) => {
  it('B1: get all -o yaml, create -f on an empty cluster: workloads come back, the rest is missing', () => {
    const cluster = office(form)
    const { stdout, exitCode } = cluster.kubectl('get all --all-namespaces -o yaml')
    expect(exitCode).toBe(0)
    const fresh = empty(form)
    const created = fresh.kubectl('create -f all.yaml', { files: { 'all.yaml': stdout } })
    expect(created.stdout).toContain('deployment.apps/php-apache created\n')
    // what the cluster has made for itself is there already
    expect(created.stderr).toMatch(
      /^(?:Warning: metadata\.name: [^\n]*\n)?The Service "kubernetes" is invalid: [^\n]* already allocated\n$/,
    )
    expect(created.exitCode).toBe(1)
    fresh.advance('2m')
    for (const resource of ['deployments', 'daemonsets', 'services'] as const)
      expect(names(fresh, resource)).toEqual(names(cluster, resource))
    expect(phases(fresh)).toEqual(phases(cluster))
    expect(lost(cluster, fresh)).toEqual(
      expect.arrayContaining(
        [
          'configmaps default/settings',
          'secrets default/password',
          'roles.rbac.authorization.k8s.io default/reader',
        ].map((name): unknown =>
          expect.stringMatching(
            new RegExp(
              `^${name.replace('.rbac.authorization.k8s.io', '(\\.rbac\\.authorization\\.k8s\\.io)?')}$`,
            ),
          ),
        ),
      ),
    )
  })

  it('B5: volumes, claims and their binding come back, what was on the disk does not', () => {
    const cluster = empty(form)
    cluster.apply(`
apiVersion: v1
kind: PersistentVolume
metadata: { name: disk }
spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /data }, storageClassName: manual }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: claim, namespace: default }
spec: { storageClassName: manual, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: writer, namespace: default }
spec:
  volumes: [{ name: disk, persistentVolumeClaim: { claimName: claim } }]
  containers: [{ name: writer, image: busybox, command: [sleep, '360000'], volumeMounts: [{ name: disk, mountPath: /mnt }] }]
`)
    cluster.advance('1m')
    cluster.exec('writer', 'echo precious > /mnt/file')
    const restored = SimCluster.fromEtcdSnapshot(cluster.internals.etcd.snapshot())
    restored.advance('1m')
    const bound = (of: SimCluster): unknown =>
      [
        of.get('persistentvolumeclaims', { namespace: 'default', name: 'claim' }),
        of.get('persistentvolumes', { name: 'disk' }),
      ].map(({ metadata: { uid }, spec, status }) => ({ uid, spec, phase: status?.phase }))
    expect(bound(restored)).toEqual(bound(cluster))
    expect(bound(restored)).toMatchObject([
      { phase: 'Bound', spec: { volumeName: 'disk' } },
      { phase: 'Bound' },
    ])
    expect(cluster.exec('writer', 'cat /mnt/file').stdout).toBe('precious\n')
    expect(restored.exec('writer', 'cat /mnt/file')).toMatchObject({ stdout: '', exitCode: 1 })
  })

  it('B6: the exercise: both backups, and the one that keeps everything', () => {
    const cluster = office(form)
    const restored = restore(backUp(cluster, folder), empty(form))
    expect(lost(cluster, restored.yaml)).toContain('configmaps default/settings')
    expect(lost(cluster, restored.etcd)).toEqual([])
    expect(lost(cluster, restored.cluster)).toEqual([])
    expect(restored.cluster.state.traceHash()).toBe(cluster.settle().state.traceHash())
    for (const each of [restored.etcd, restored.cluster]) expect(phases(each)).toEqual(phases(cluster))
  })
})

describe.skipIf(!hasEtcd).each(FORMS)(
  'backup and restore with the real etcdctl and etcdutl, $form',
  (form) => {
    let cluster: SimCluster
    let server: ClusterServer
    let credentials: readonly string[]
    beforeAll(async () => {
      cluster = office(form)
      server = await serve(cluster, { time: 'virtual', etcd: {} })
      server.etcd?.writeCredentials(folder)
      credentials = [
        '--endpoints',
        server.etcd?.url ?? '',
        '--cacert',
        'ca.crt',
        '--cert',
        'client.crt',
        '--key',
        'client.key',
      ]
    })
    afterAll(() => server.close())

    const etcd = async (program: string, ...args: readonly string[]): Promise<string> =>
      (
        await run(`/usr/bin/${program}`, args, {
          cwd: folder,
          env: { PATH: process.env.PATH, ETCDCTL_API: '3' },
          maxBuffer: 2 ** 26,
        })
      ).stdout

    it('B2, B3: etcdctl snapshot save over gRPC, snapshot status', async () => {
      expect(await etcd('etcdctl', ...credentials, 'snapshot', 'save', 'saved')).toBe(
        'Snapshot saved at saved\n',
      )
      const saved = readFileSync(join(folder, 'saved'))
      expect(saved.equals(cluster.internals.etcd.snapshot())).toBe(true)
      const ours = formatSnapshotStatus(snapshotStatus(saved))
      expect(await etcd('etcdctl', '--write-out=table', 'snapshot', 'status', 'saved')).toBe(ours)
      expect(await etcd('etcdutl', '--write-out=table', 'snapshot', 'status', 'saved')).toBe(ours)
      expect(ours).toContain(` ${cluster.internals.etcd.revision} |`)
    })

    it('B4: the file comes back as a SimCluster, and as a real etcd with the same keys', async () => {
      const file = cluster.internals.etcd.snapshot()
      expect(lost(cluster, SimCluster.fromEtcdSnapshot(file, { version: form.version }))).toEqual([])
      writeFileSync(join(folder, 'snapshotdb'), file)
      await etcd('etcdutl', 'snapshot', 'restore', 'snapshotdb', '--data-dir', `restored-${form.version}`)
      const real = await RealEtcd.start(['--data-dir', join(folder, `restored-${form.version}`)])
      const get = ['get', '/registry/', '--prefix', '-w', 'fields'] as const
      const withoutHeader = (text: string): string =>
        text.replace(/^"(ClusterID|MemberID|Revision|RaftTerm)" : .*\n/gm, '')
      const [theirs, ours] = [
        await etcd('etcdctl', '--endpoints', real.address, ...get),
        await etcd('etcdctl', ...credentials, ...get),
      ]
      await real.stop()
      expect(withoutHeader(theirs)).toBe(withoutHeader(ours))
      expect(ours.length).toBeGreaterThan(100_000)
    })
  },
)

it('B1 with the real kubectl', async (context) => {
  needs(context, 'kubectl')
  await using first = await serveCluster({ nodes: NODES.map((name) => ({ name })) })
  first.cluster.apply(manifest(FORMS[1], 1, 'office.yaml'))
  first.cluster.settle()
  const all = await first.run('kubectl', 'get all --all-namespaces -o yaml')
  expect(all).toMatchObject({ code: 0, stderr: '' })
  await using second = await serveCluster({ nodes: NODES.map((name) => ({ name })) })
  second.file('all.yaml', all.stdout)
  const created = await second.run('kubectl', 'create -f all.yaml')
  expect(created.code).toBe(1)
  expect(created.stdout).toContain('deployment.apps/php-apache created\n')
  expect(created.stderr).toContain(
    'Service "kubernetes" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to ' +
      'allocate IP 10.96.0.1: provided IP is already allocated',
  )
  // controllers are at work meanwhile: what they were faster to make is there already; nothing else is
  // refused
  expect(
    created.stderr
      .trimEnd()
      .split('\n')
      .filter(
        (line) =>
          !/"kubernetes" is invalid|replicasets\.apps "[^"]*" already exists$|^Warning: metadata\.name/.test(
            line,
          ),
      ),
  ).toEqual([])
  second.cluster.advance('2m')
  expect(phases(second.cluster)).toEqual(phases(first.cluster))
})
