import { describe, expect, test } from 'vitest'
import { hostOf } from '../../src/host/index.js'
import type { Host } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const AT_ETCD =
  '--cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt ' +
  '--key /etc/kubernetes/pki/etcd/server.key'

/** A cluster with a ConfigMap `before` in a backup, and then `after` in its place. */
async function backedUp(): Promise<{ readonly cluster: SimCluster; readonly host: Host }> {
  const cluster = new SimCluster({ nodes: 2 })
  cluster.kubectl('create deployment web --image=nginx --replicas=2')
  cluster.kubectl('create configmap before')
  cluster.settle()
  const host = hostOf(cluster, 'master')
  await host.sh(`etcdctl ${AT_ETCD} snapshot save /root/backup.db`)
  cluster.kubectl('delete configmap before')
  cluster.kubectl('delete deployment web')
  cluster.kubectl('create configmap after')
  cluster.settle()
  return { cluster, host }
}

const names = async (host: Host): Promise<string> =>
  (await host.sh('kubectl get configmaps,deployments -o name')).stdout

const BEFORE = 'configmap/before\nconfigmap/kube-root-ca.crt\ndeployment.apps/web\n'
const AFTER = 'configmap/after\nconfigmap/kube-root-ca.crt\n'

describe('a restore of etcd on the control plane', () => {
  test('brings the cluster of then when etcd.yaml is pointed at another directory', async () => {
    const { cluster, host } = await backedUp()
    const restored = await host.sh('etcdutl snapshot restore backup.db --data-dir /var/lib/etcd-backup')
    expect(restored.exitCode).toBe(0)
    expect(restored.stderr).toContain('restored snapshot')
    expect(await names(host)).toBe(AFTER)
    await host.sh(
      "sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-backup#' /etc/kubernetes/manifests/etcd.yaml",
    )
    cluster.settle()
    expect(await names(host)).toBe(BEFORE)
    expect((await host.sh('kubectl get pods')).stdout.match(/ 1\/1 +Running /g)).toHaveLength(2)
    // what the first directory had is still there
    await host.sh("sed -i 's#/var/lib/etcd-backup#/var/lib/etcd#' /etc/kubernetes/manifests/etcd.yaml")
    cluster.settle()
    expect(await names(host)).toBe(AFTER)
  })

  test('brings it too when the directory is replaced while etcd is stopped', async () => {
    const { cluster, host } = await backedUp()
    await host.sh(
      'mv /etc/kubernetes/manifests/*.yaml /tmp; mv /var/lib/etcd /var/lib/etcd.old; ' +
        'etcdutl snapshot restore backup.db --data-dir=/var/lib/etcd; ' +
        'mv /tmp/*.yaml /etc/kubernetes/manifests',
    )
    cluster.settle()
    expect(await names(host)).toBe(BEFORE)
  })

  test('leaves an empty cluster if etcd finds no data, and what was there if it only restarts', async () => {
    const { cluster, host } = await backedUp()
    await host.sh('mv /etc/kubernetes/manifests/etcd.yaml /tmp; mv /tmp/etcd.yaml /etc/kubernetes/manifests')
    cluster.settle()
    expect(await names(host)).toBe(AFTER)
    await host.sh("sed -i 's#path: /var/lib/etcd$#path: /srv/none#' /etc/kubernetes/manifests/etcd.yaml")
    cluster.settle()
    expect(await names(host)).not.toContain('after')
    expect((await host.sh('kubectl get namespaces -o name')).stdout).toContain('namespace/kube-system')
  })

  test('refuses a directory that is not empty, a missing or damaged file, and an unknown flag', async () => {
    const { host } = await backedUp()
    const restore = async (words: string): Promise<string> =>
      (await host.sh(`etcdutl snapshot restore ${words}`)).stderr
    expect(await restore('backup.db --data-dir /var/lib/etcd')).toBe(
      'Error: data-dir "/var/lib/etcd" not empty or could not be read\n',
    )
    expect(await restore('backup.db')).toBe('Error: required flag(s) "data-dir" not set\n')
    expect(await restore('none.db --data-dir /srv/a')).toContain('open none.db: no such file or directory')
    expect(await restore('backup.db --data-dir /srv/a --dta x')).toBe('Error: unknown flag: --dta\n')
    await host.sh('head -c 5000 backup.db > half.db')
    expect(await restore('half.db --data-dir /srv/a')).toMatch(/\nError: /)
  })

  test('keeps etcd from starting on a database that is none', async () => {
    const { host } = await backedUp()
    await host.sh('mkdir -p /srv/bad/member/snap; echo hello > /srv/bad/member/snap/db')
    await host.sh("sed -i 's#path: /var/lib/etcd$#path: /srv/bad#' /etc/kubernetes/manifests/etcd.yaml")
    expect((await host.sh('crictl ps -a --name etcd')).stdout).toContain('Exited')
    expect((await host.sh('kubectl get pods')).stderr).toContain('refused')
  })
})

test('etcdctl 3.6 has no snapshot status: it prints its help; 3.5 says that it is deprecated', async () => {
  const now = hostOf(new SimCluster({ nodes: 1 }), 'master')
  const help = await now.sh('etcdctl snapshot status x.db')
  expect([help.exitCode, help.stderr]).toEqual([0, ''])
  expect(help.stdout).toMatch(
    /^NAME:\n\tsnapshot - Manages etcd node snapshots\n[^]*COMMANDS:\n\tsave\t.*\n\n/,
  )
  expect((await now.sh('etcdutl version')).stdout).toBe('etcdutl version: 3.6.6\nAPI version: 3.6\n')
  const then = hostOf(new SimCluster({ nodes: 1, version: 'v1.30' }), 'master')
  expect((await then.sh('etcdctl snapshot status x.db')).stderr).toBe(
    'Deprecated: Use `etcdutl snapshot status` instead.\n\nError: stat x.db: no such file or directory\n',
  )
  const old = hostOf(new SimCluster({ nodes: 1, version: 'v1.14' }), 'master')
  expect((await old.sh('etcdutl version')).exitCode).toBe(127)
  expect((await old.sh('etcdctl snapshot status x.db')).stderr).toBe(
    'Error: stat x.db: no such file or directory\n',
  )
})

test('the status of a snapshot as JSON has the version of its storage since 3.6', async () => {
  const of = async (version: string): Promise<unknown> => {
    const host = hostOf(new SimCluster({ nodes: 1, version }), 'master')
    await host.sh(`etcdctl ${AT_ETCD} snapshot save a.db`)
    return JSON.parse((await host.sh('etcdutl snapshot status a.db -w json')).stdout) as unknown
  }
  expect(await of('v1.35')).toMatchObject({ version: '3.6.0', totalKey: expect.any(Number) as unknown })
  expect(await of('v1.30')).not.toHaveProperty('version')
})

test('an editor says how to change the file without a screen', async () => {
  const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
  const { stderr, exitCode } = await host.sh('vi /etc/kubernetes/manifests/etcd.yaml')
  expect(exitCode).toBe(1)
  expect(stderr).toContain("sed -i 's/old/new/' /etc/kubernetes/manifests/etcd.yaml")
  expect(stderr).not.toContain('host.edit')
})
