import { describe, expect, it } from 'vitest'
import { SimCluster } from '../../src/index.js'
import type { ContainerInput, PodInput } from '../../src/types.js'
import { hostOf } from '../../src/host/index.js'

const pod = (
  name: string,
  container: Partial<ContainerInput>,
  labels: Readonly<Record<string, string>> = {},
): PodInput => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels },
  spec: { containers: [{ name: 'c', image: 'nginx', ...container }] },
})

/** Why a container waits. */
const waiting = (cluster: SimCluster, name: string): string | undefined =>
  cluster.get('pods', { namespace: 'default', name }).status?.containerStatuses?.[0]?.state?.waiting?.reason
const events = (cluster: SimCluster, name: string): readonly string[] =>
  cluster
    .list('events')
    .items.filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`)
const readiness = (cluster: SimCluster, name: string): unknown =>
  cluster.get('nodes', { name }).status.conditions?.find(({ type }) => type === 'Ready')

describe.each(['v1.14', 'v1.35'])('troubleshooting, %s', (version) => {
  it('T1: wrong labels, missing configuration, wrong images, crashes: state and events say why', () => {
    const cluster = new SimCluster({
      version,
      nodes: 1,
      images: { 'ngnix:latest': { pullError: 'pull access denied' } },
    })
    cluster.create('services', {
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { app: 'wbe' }, ports: [{ port: 80 }] },
    })
    for (const each of [
      pod('web', {}, { app: 'web' }),
      pod('config', { envFrom: [{ configMapRef: { name: 'settings' } }] }),
      pod('image', { image: 'ngnix:latest' }),
      pod('crash', { image: 'busybox', command: ['sh', '-c', 'exit 3'] }),
    ])
      cluster.create('pods', each)
    cluster.advance('10s')
    const endpoints = (): number =>
      (cluster.get('endpoints', { namespace: 'default', name: 'web' }).subsets ?? []).length
    expect(endpoints()).toBe(0)
    expect([waiting(cluster, 'config'), waiting(cluster, 'image')]).toEqual([
      'CreateContainerConfigError',
      expect.stringMatching(/^(?:ErrImagePull|ImagePullBackOff)$/) as unknown,
    ])
    expect(events(cluster, 'config').join()).toContain('configmap "settings" not found')
    const starts: number[] = []
    const end = cluster.on('write', ({ object, resource }) => {
      if (resource === 'pods' && object.metadata.name === 'crash')
        starts.push(
          (object as { status?: { containerStatuses?: { restartCount: number }[] } }).status
            ?.containerStatuses?.[0]?.restartCount ?? 0,
        )
    })
    cluster.advance('5m')
    end()
    expect([waiting(cluster, 'image'), waiting(cluster, 'crash')]).toEqual([
      'ImagePullBackOff',
      'CrashLoopBackOff',
    ])
    expect(Math.max(...starts)).toBe(5) // after 10, 20, 40, 80, 160 seconds
    expect(events(cluster, 'crash').join()).toMatch(/Back-off restarting failed container/)
    cluster.edit(
      'services',
      { namespace: 'default', name: 'web' },
      (draft) => void (draft.spec = { ...draft.spec, selector: { app: 'web' } }),
    )
    cluster.settle()
    expect(endpoints()).toBe(1)
  })

  it('T2: the apiserver is stopped: connection refused, whoever asks', async () => {
    const cluster = new SimCluster({ version, nodes: 1 })
    cluster.apiserver.stop()
    expect(() => cluster.list('nodes')).toThrow('connect: connection refused')
    expect(cluster.kubectl('get nodes')).toMatchObject({
      exitCode: 1,
      stderr:
        'The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n',
    })
    expect(
      await cluster.http.fetch('/api/v1/nodes').then(
        (response) => response.status,
        (error: unknown) => String((error as { cause?: unknown }).cause),
      ),
    ).toMatch(/refused/)
    cluster.apiserver.start()
    expect(cluster.list('nodes').items).toHaveLength(1)
  })

  it('T3: without a scheduler pods wait, and no event says why; with one the counts are told', () => {
    const cluster = new SimCluster({ version, nodes: 2 })
    cluster.component('kube-scheduler').stop()
    cluster.create('pods', pod('waiting', {}))
    cluster.advance('10m')
    expect([
      cluster.get('pods', { namespace: 'default', name: 'waiting' }).status?.phase,
      events(cluster, 'waiting'),
    ]).toEqual(['Pending', []])
    cluster.component('kube-scheduler').start()
    cluster.create('pods', pod('big', { resources: { requests: { cpu: '64' } } }))
    cluster.settle()
    expect(cluster.get('pods', { namespace: 'default', name: 'waiting' }).status?.phase).toBe('Running')
    expect(events(cluster, 'big').join()).toContain(
      'FailedScheduling: 0/2 nodes are available: 2 Insufficient cpu.',
    )
    cluster.kubectl('taint nodes --all maintenance=now:NoSchedule')
    cluster.create('pods', pod('tainted', {}))
    cluster.settle()
    expect(events(cluster, 'tainted').join()).toMatch(
      /0\/2 nodes are available: 2 node\(s\) had (?:untolerated taint\(?s?\)?|taint|untolerated taint)/,
    )
  })

  it(
    'T4: a kubelet that is stopped, or whose client certificate has ended: NotReady, and its log says ' +
      'so',
    async () => {
      const cluster = new SimCluster({ version, nodes: 2 })
      cluster.node('node-2').kubelet.stop()
      cluster.advance('1m')
      expect(readiness(cluster, 'node-2')).toMatchObject({
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      })
      cluster.node('node-2').kubelet.start()
      cluster.advance('30s')
      expect(readiness(cluster, 'node-2')).toMatchObject({ status: 'True' })
      // a certificate that has ended keeps a kubelet from starting
      const host = hostOf(cluster, 'node-1')
      const path = '/var/lib/kubelet/pki/kubelet-client-current.pem'
      const good = host.read(path) ?? ''
      const ended = cluster.pki.clientCertificate(
        { commonName: 'system:node:node-1', organizations: ['system:nodes'] },
        { notBefore: cluster.now() - 7_200_000, validFor: 3_600_000 },
      )
      host.write(path, ended.certificate + ended.key)
      await host.sh('systemctl restart kubelet')
      cluster.advance('1m')
      expect(cluster.node('node-1').ready).toBe(false)
      expect(host.read('/var/log/kubelet.log')).toMatch(
        /unable to load bootstrap kubeconfig|certificate has expired/,
      )
      host.write(path, good)
      cluster.advance('30s')
      expect(cluster.node('node-1').ready).toBe(true)
    },
  )

  it('T5: each component writes to its log; the journal goes on while one follows it', async () => {
    const cluster = new SimCluster({ version, nodes: 1 })
    const master = hostOf(cluster, 'master')
    const node = hostOf(cluster, 'node-1')
    cluster.create('pods', pod('web', {}))
    cluster.settle()
    for (const name of ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'])
      expect(master.read(`/var/log/${name}.log`), name).toMatch(/\S/)
    for (const name of ['kubelet', 'kube-proxy'])
      expect(node.read(`/var/log/${name}.log`), name).toMatch(/\S/)
    expect(master.read('/var/log/kube-scheduler.log')).toContain(
      '"Successfully bound pod to node" pod="default/web" node="node-1"',
    )
    expect(node.read('/var/log/kubelet.log')).toContain('pods=["default/web"]')
    const before = cluster.now()
    cluster.create('pods', pod('later', {}))
    expect((await node.sh('journalctl -u kubelet -f -n 1')).stdout).toContain('pods=["default/later"]')
    expect(cluster.now()).toBeGreaterThan(before)
  })
})
