/** On a cluster like kubeadm's, the network is what its pods and files make of it. */
import { describe, expect, it } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { hostOf } from '../../../src/host/index.js'

const client = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client', namespace: 'default' },
  spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'busybox', command: ['sleep', '100000'] }] },
}

function kubeadmLike(): SimCluster {
  const cluster = new SimCluster({
    like: 'kubeadm',
    nodes: 2,
    network: { outside: { 'example.com': { ip: '9.9.9.9' } } },
  })
  cluster.apply([client])
  cluster.kubectl('create deployment web --image=nginx', { check: true })
  return cluster.settle()
}

const rcodeOf = (cluster: SimCluster, name: string): unknown =>
  cluster.network
    .connect({ from: 'default/client', to: name, port: 80 })
    .proof.find(({ hop }) => hop === 'dns')

describe('CoreDNS', () => {
  const edit = (cluster: SimCluster, from: string, to: string): void => {
    const { data, metadata } = cluster.get('configmaps', { namespace: 'kube-system', name: 'coredns' })
    cluster.patch(
      'configmaps',
      { namespace: 'kube-system', name: metadata.name },
      { type: 'merge', body: { data: { Corefile: (data?.['Corefile'] ?? '').replace(from, to) } } },
    )
  }

  it('does not start with a mistake in its Corefile, says where it is, and starts once it is mended', () => {
    const cluster = kubeadmLike()
    edit(cluster, 'forward', 'fowrard')
    cluster.kubectl('delete pods -n kube-system -l k8s-app=kube-dns', { check: true })
    cluster.advance('2m')
    const { stdout } = cluster.kubectl('logs -n kube-system -l k8s-app=kube-dns --tail=1')
    expect(stdout).toContain("/etc/coredns/Corefile:13 - Error during parsing: Unknown directive 'fowrard'")
    expect(cluster.kubectl('get pods -n kube-system').stdout).toMatch(/coredns\S+ +0\/1 +CrashLoopBackOff/)
    expect(rcodeOf(cluster, 'kubernetes')).toMatchObject({ rcode: 'UNREACHABLE' })
    edit(cluster, 'fowrard', 'forward')
    cluster.advance('6m')
    expect(rcodeOf(cluster, 'kubernetes')).toMatchObject({ rcode: 'NOERROR' })
  })

  it('does not know the names of a zone that its Corefile misspells, and forwards them', () => {
    const cluster = kubeadmLike()
    edit(cluster, 'cluster.local', 'clutser.local')
    expect(rcodeOf(cluster, 'kubernetes')).toMatchObject({ rcode: 'NXDOMAIN' })
    expect(rcodeOf(cluster, 'example.com')).toMatchObject({ rcode: 'NOERROR', addresses: ['9.9.9.9'] })
  })

  it('fails for names outside of the cluster without its plugin forward', () => {
    const cluster = kubeadmLike()
    edit(cluster, 'forward . /etc/resolv.conf {\n       max_concurrent 1000\n    }\n', '')
    expect(rcodeOf(cluster, 'kubernetes')).toMatchObject({ rcode: 'NOERROR' })
    expect(rcodeOf(cluster, 'example.com')).toMatchObject({ addresses: [] })
  })
})

describe('the rules of a node', () => {
  const reaches = (cluster: SimCluster): boolean =>
    cluster.network.connect({ from: 'default/client', to: 'web', port: 80 }).connected

  it('stay as they were when the pods of kube-proxy are gone, and follow once they are back', () => {
    const cluster = kubeadmLike()
    const proxy = cluster.get('daemonsets', { namespace: 'kube-system', name: 'kube-proxy' })
    cluster.delete('daemonsets', { namespace: 'kube-system', name: 'kube-proxy' })
    cluster.advance('1m')
    cluster.kubectl('expose deployment web --port=80', { check: true })
    expect(reaches(cluster.advance('1m'))).toBe(false)
    expect(rcodeOf(cluster, 'web')).toMatchObject({ rcode: 'NOERROR' })
    const { resourceVersion: _, uid: __, ...metadata } = proxy.metadata
    cluster.create('daemonsets', { ...proxy, metadata })
    expect(reaches(cluster.advance('1m'))).toBe(true)
  })

  it('are stale in a fork and a snapshot, too, and after a network cut that ends', () => {
    const cluster = kubeadmLike()
    cluster.delete('daemonsets', { namespace: 'kube-system', name: 'kube-proxy' })
    cluster.advance('1m')
    cluster.kubectl('expose deployment web --port=80', { check: true })
    cluster.node('node-1').partition()
    cluster.advance('10s')
    cluster.node('node-1').repair()
    cluster.advance('10s')
    expect(reaches(cluster)).toBe(false)
    expect(reaches(cluster.fork())).toBe(false)
    expect(reaches(SimCluster.fromJSON(cluster.toJSON()))).toBe(false)
  })

  it('are gone after a power loss until kube-proxy runs again', () => {
    const cluster = kubeadmLike()
    cluster.kubectl('expose deployment web --port=80', { check: true })
    expect(reaches(cluster.settle())).toBe(true)
    cluster.node('node-1').crash().recover()
    expect(reaches(cluster.advance('1m'))).toBe(true)
  })
})

describe('a node without a configuration of the network plugin', () => {
  const FILE = '/etc/cni/net.d/10-bridge.conflist'

  it.each([
    ['that is gone', `mv ${FILE} /root/`, `mv /root/10-bridge.conflist ${FILE}`],
    ['that is empty', `cp ${FILE} /root/; echo > ${FILE}`, `mv /root/10-bridge.conflist ${FILE}`],
  ])('%s is NotReady, says why, and is Ready again once it is back', async (_, breaks, mends) => {
    const cluster = kubeadmLike()
    const master = hostOf(cluster, 'master')
    await master.sh(`ssh node-1 '${breaks}'`)
    cluster.advance('1m')
    const told = cluster.kubectl('describe node node-1').stdout
    expect(told).toContain(
      'NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    )
    await master.sh(`ssh node-1 '${mends}'`)
    cluster.advance('1m')
    expect(cluster.kubectl('get node node-1').stdout).toMatch(/ Ready /)
  })
})
