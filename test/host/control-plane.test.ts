import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { COMPONENTS } from '../../src/cluster/kubeadm/images.js'
import { staticPodText } from '../../src/cluster/kubeadm/static-pods.js'
import recorded from '../fixtures/host/kubeadm.json' with { type: 'json' }

test('the static pods are those that kubeadm writes, byte for byte', () => {
  const config = {
    version: 'v1.34.9',
    nodeName: 'cp1',
    advertiseAddress: '192.0.2.10:6443',
    serviceCIDR: '10.96.0.0/12',
    clusterCIDR: '10.244.0.0/16',
    clusterName: 'lab',
    certificatesDir: '<dir>/pki',
  }
  for (const name of COMPONENTS) expect(staticPodText(name, config)).toBe(recorded.staticPods[`${name}.yaml`])
})

const MANIFESTS = '/etc/kubernetes/manifests'
const withoutAge = (table: string): string => table.replaceAll(/ \d+s /g, ' ')
const change = (component: string, from: string, to: string): string =>
  `sed -i 's#${from}#${to}#' ${MANIFESTS}/${component}.yaml`
const REFUSED =
  'The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n'

/** What is done to the control plane, how it is undone, whose log tells, and what it says. */
const breakages: readonly (readonly [
  what: string,
  breaks: string,
  heals: string,
  component: string,
  log: RegExp,
  apiserver: boolean,
])[] = [
  [
    'a certificate path in the manifest',
    change('kube-apiserver', 'pki/apiserver.crt', 'pki/wrong.crt'),
    change('kube-apiserver', 'pki/wrong.crt', 'pki/apiserver.crt'),
    'kube-apiserver',
    /"command failed" err="open \/etc\/kubernetes\/pki\/wrong.crt: no such file or directory"/,
    false,
  ],
  [
    'an unknown flag',
    change('kube-apiserver', '--secure-port', '--secured-port'),
    change('kube-apiserver', '--secured-port', '--secure-port'),
    'kube-apiserver',
    /Error: unknown flag: --secured-port/,
    false,
  ],
  [
    'a mode that is none',
    change('kube-apiserver', 'Node,RBAC', 'Node,RBCA'),
    change('kube-apiserver', 'Node,RBCA', 'Node,RBAC'),
    'kube-apiserver',
    /authorization-mode \\"RBCA\\" is not a valid mode/,
    false,
  ],
  [
    'the CA is moved away',
    'mv /etc/kubernetes/pki/ca.crt /root/',
    'mv /root/ca.crt /etc/kubernetes/pki/',
    'kube-apiserver',
    /open \/etc\/kubernetes\/pki\/ca.crt: no such file/,
    false,
  ],
  [
    'a key of another certificate',
    'cp /etc/kubernetes/pki/apiserver.key /root/k; cp /etc/kubernetes/pki/front-proxy-client.key ' +
      '/etc/kubernetes/pki/apiserver.key',
    'cp /root/k /etc/kubernetes/pki/apiserver.key',
    'kube-apiserver',
    /tls: private key does not match public key/,
    false,
  ],
  [
    'etcd at another port',
    change('kube-apiserver', '127.0.0.1:2379', '127.0.0.1:2397'),
    change('kube-apiserver', '127.0.0.1:2397', '127.0.0.1:2379'),
    'kube-apiserver',
    /dial tcp 127.0.0.1:2397: connect: connection refused/,
    false,
  ],
  [
    'etcd without its certificate',
    'rm /etc/kubernetes/pki/etcd/server.crt.bak; mv /etc/kubernetes/pki/etcd/server.crt /root/',
    'mv /root/server.crt /etc/kubernetes/pki/etcd/',
    'etcd',
    /"open \/etc\/kubernetes\/pki\/etcd\/server.crt: no such file or directory"/,
    false,
  ],
  [
    'a scheduler without kubeconfig',
    change(
      'kube-scheduler',
      '--kubeconfig=/etc/kubernetes/scheduler.conf',
      '--kubeconfig=/etc/kubernetes/schedule.conf',
    ),
    change('kube-scheduler', 'schedule.conf', 'scheduler.conf'),
    'kube-scheduler',
    /"command failed" err="stat \/etc\/kubernetes\/schedule.conf: no such file or directory"/,
    true,
  ],
  [
    'an image that does not exist',
    change('kube-scheduler', 'kube-scheduler:v1', 'kube-scheduler:1'),
    change('kube-scheduler', 'kube-scheduler:1', 'kube-scheduler:v1'),
    'kubelet',
    /failed to resolve reference/,
    true,
  ],
  [
    'a program that does not exist',
    change('kube-controller-manager', '- kube-controller-manager$', '- kube-controller-manger'),
    change('kube-controller-manager', 'kube-controller-manger', 'kube-controller-manager'),
    'kubelet',
    /exec: \\"kube-controller-manger\\": executable file not found/,
    true,
  ],
  [
    'no YAML',
    `cp ${MANIFESTS}/kube-apiserver.yaml /root/a.yaml; echo ': [' >> ${MANIFESTS}/kube-apiserver.yaml`,
    `cp /root/a.yaml ${MANIFESTS}/kube-apiserver.yaml`,
    'kubelet',
    /Could not process manifest file/,
    false,
  ],
  [
    'a manifest moved away',
    `mv ${MANIFESTS}/kube-controller-manager.yaml /root/`,
    `mv /root/kube-controller-manager.yaml ${MANIFESTS}/`,
    'kubelet',
    /SyncLoop REMOVE/,
    true,
  ],
]

test.each(breakages)(
  '%s stops the component, and putting it back brings it back',
  async (_what, breaks, heals, component, log, apiserver) => {
    const cluster = new SimCluster({ nodes: 1, version: 'v1.35' })
    const host = hostOf(cluster, 'master')
    const before = host.cluster.kubectl('get nodes').stdout
    await host.sh(breaks)
    // what runs does not look at its files again: a component meets what was done to them when it starts
    if (!/\.yaml/.test(breaks))
      await host.sh(
        `for m in ${component}; do mv ${MANIFESTS}/$m.yaml /root/m; mv /root/m ${MANIFESTS}/$m.yaml; done`,
      )
    const get = await host.sh('kubectl get nodes')
    expect(get.stderr).toBe(apiserver ? '' : REFUSED)
    expect(cluster.kubectl('get nodes').exitCode).toBe(apiserver ? 0 : 1)
    const said =
      component === 'kubelet'
        ? await host.sh('journalctl -u kubelet')
        : await host.sh(`cat /var/log/${component}.log`)
    expect(said.stdout).toMatch(log)
    expect((await host.sh('crictl ps -q | wc -l')).stdout.trim()).not.toBe('4')
    const fork = cluster.fork()
    expect((await hostOf(fork, 'master').sh('crictl ps -a')).stdout).toBe(
      (await host.sh('crictl ps -a')).stdout,
    )
    await host.sh(heals)
    cluster.settle() // a new apiserver listens after some seconds
    expect((await host.sh('crictl ps -q | wc -l')).stdout.trim()).toBe('4')
    expect(withoutAge(cluster.kubectl('get nodes').stdout)).toBe(withoutAge(before))
    for (const name of ['kube-scheduler', 'kube-controller-manager'])
      expect(cluster.process(name).running).toBe(true)
  },
)

test(
  'a component that fails is started again after 10 s, 20 s, 40 s, ... and every five minutes in the ' +
    'end',
  async () => {
    const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
    await host.sh(change('kube-scheduler', '--leader-elect', '--leader-elected'))
    const attempts: string[] = []
    for (const seconds of [0, 9, 1, 20, 40, 80, 160, 299, 1]) {
      host.cluster.advance(seconds * 1000)
      attempts.push(
        (await host.sh(`crictl ps -a --name kube-scheduler | tail -1 | awk '{print $(NF-3)}'`)).stdout.trim(),
      )
    }
    expect(attempts).toEqual(['0', '0', '1', '2', '3', '4', '5', '5', '6'])
  },
)

test('an apiserver with an edited manifest is away for some seconds, and settle() waits for it', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  const host = hostOf(cluster, 'master')
  await host.sh(change('kube-apiserver', 'Node,RBAC', 'AlwaysAllow'))
  expect((await host.sh('kubectl get nodes')).stderr).toBe(REFUSED)
  expect((await host.sh('crictl ps --name kube-apiserver -q | wc -l')).stdout.trim()).toBe('1')
  const fork = cluster.fork()
  expect((await host.sh('sleep 5; kubectl get nodes')).stderr).toBe(REFUSED)
  expect((await host.sh('sleep 5; kubectl get nodes')).exitCode).toBe(0)
  expect(cluster.can({ user: 'nobody' }, 'delete', 'nodes').allowed).toBe(true)
  fork.settle()
  expect(fork.kubectl('get nodes').exitCode).toBe(0)
})

test('an apiserver that comes back does not if its manifest is broken meanwhile', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  const host = hostOf(cluster, 'master')
  await host.sh(change('kube-apiserver', 'Node,RBAC', 'AlwaysAllow'))
  await host.sh(change('kube-apiserver', 'AlwaysAllow', 'AlwaysAlow'))
  await host.sh('sleep 60')
  expect((await host.sh('kubectl get nodes')).stderr).toBe(REFUSED)
})

test('without containerd a node is NotReady, its containers go on, and nothing new starts', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create deployment web --image=nginx')
  cluster.settle()
  const host = hostOf(cluster, 'master')
  await host.sh('ssh node-1 systemctl stop containerd')
  expect((await host.sh('ssh node-1 systemctl is-active containerd')).stdout).toBe('inactive\n')
  const refused = await host.sh('ssh node-1 crictl ps')
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    'FATA[0000] validate service connection: validate CRI v1 runtime API for endpoint ' +
      '"unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: ' +
      'desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: ' +
      'connection refused"\n',
  ])
  cluster.advance('30s')
  const ready = cluster.get('nodes', 'node-1').status.conditions?.find(({ type }) => type === 'Ready')
  expect(ready).toMatchObject({
    status: 'False',
    reason: 'KubeletNotReady',
    message: 'container runtime is down',
  })
  expect((await host.sh('ssh node-1 journalctl -u kubelet')).stdout).toContain('Skipping pod synchronization')
  const [pod] = cluster.list('pods').items
  expect(
    cluster.network.connect({ from: { node: 'node-1' }, to: `default/${pod?.metadata.name}`, port: 80 })
      .outcome,
  ).toBe('connected')
  cluster.kubectl('delete pod --all --wait=false')
  cluster.advance('2m')
  expect(
    cluster.list('pods').items.map(({ metadata }) => metadata.deletionTimestamp !== undefined),
  ).toContain(true)
  await host.sh('ssh node-1 systemctl restart kubelet')
  expect((await host.sh('ssh node-1 systemctl is-active kubelet')).stdout).toBe('activating\n')
  await host.sh('ssh node-1 systemctl start containerd; sleep 90')
  expect((await host.sh('kubectl get nodes')).stdout).toMatch(/node-1 +Ready/)
  expect(cluster.list('pods').items.map(({ status }) => status.phase)).toEqual(['Running'])
})
