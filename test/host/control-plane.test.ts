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
    expect((await host.sh('crictl ps -q | wc -l')).stdout.trim()).toBe('4')
    expect(cluster.kubectl('get nodes').stdout).toBe(before)
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
