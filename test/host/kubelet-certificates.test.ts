import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { kubeconfigText } from '../../src/pki/index.js'

const MINUTE = 60_000
const FILE = '/var/lib/kubelet/pki/kubelet-client-current.pem'

/** Gives the kubelet of a node a certificate that lives for 20 minutes. */
function expireSoon(cluster: SimCluster, node: string): void {
  const { certificate, key } = cluster.pki.clientCertificate(
    { commonName: `system:node:${node}`, organizations: ['system:nodes'] },
    { notBefore: cluster.now(), validFor: 20 * MINUTE },
  )
  cluster.pki.write(FILE, certificate + key, node)
  cluster.node(node).kubelet.restart()
  cluster.settle()
}

describe('T4: the certificate of a kubelet, on its machine', () => {
  test.each([
    ['v1.35', true],
    ['v1.14', false],
  ] as const)(
    '%s: it has expired, the journal says so, and a kubeconfig of kubeadm brings the node back',
    async (version, isStructured) => {
      const cluster = new SimCluster({
        version,
        nodes: 2,
        disable: ['kube-controller-manager/certificatesigningrequest-signing-controller'],
      })
      const master = hostOf(cluster, 'master')
      expireSoon(cluster, 'node-1')
      cluster.advance('40m')
      expect(cluster.kubectl('get nodes').stdout).toMatch(/node-1 +NotReady[\s\S]*node-2 +Ready/)
      const journal = (await master.sh('ssh node-1 journalctl -u kubelet')).stdout
        .split('\n')
        .map((line) => line.replace(/^.*?: /, ''))
      const has = (pattern: RegExp): boolean => journal.some((line) => pattern.test(line))
      expect(
        has(
          /^E0101 00:2\d:\d\d\.\d+ +\d+ controller\.go:145\] "Failed to ensure lease exists, will retry" err="Unauthorized" interval="7s"$/,
        ),
      ).toBe(true)
      expect(
        has(
          /transport\.go:147\] "No valid client certificate is found and the server is responsive, exiting\."/,
        ),
      ).toBe(true)
      const expired =
        'part of the existing bootstrap client certificate in /etc/kubernetes/kubelet.conf is ' +
        'expired: 2026-01-01 00:2'
      expect(
        has(
          new RegExp(
            `bootstrap\\.go:266\\] ` +
              `${isStructured ? '"Unhandled Error" err="' : ''}${expired.replaceAll('.', '\\.')}`,
          ),
        ),
      ).toBe(true)
      expect(
        has(
          /run\.go:72\] "command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat \/etc\/kubernetes\/bootstrap-kubelet\.conf: no such file or directory"$/,
        ),
      ).toBe(true)
      expect(journal).toContain("kubelet.service: Failed with result 'exit-code'.")
      expect((await master.sh('ssh node-1 systemctl status kubelet')).stdout).toMatch(
        /Active: activating \(auto-restart\) \(Result: exit-code\)/,
      )
      expect((await master.sh(`ssh node-1 openssl x509 -in ${FILE} -noout -checkend 0`)).exitCode).toBe(1)
      const made = await master.sh(
        `kubeadm ${version === 'v1.14' ? 'alpha ' : ''}kubeconfig user --org system:nodes ` +
          '--client-name system:node:node-1',
      )
      hostOf(cluster, 'node-1').write('/etc/kubernetes/kubelet.conf', made.stdout)
      await master.sh('ssh node-1 systemctl restart kubelet')
      cluster.advance('30s')
      expect(cluster.kubectl('get nodes').stdout).toMatch(/node-1 +Ready/)
      expect((await master.sh('ssh node-1 systemctl is-active kubelet')).stdout).toBe('active\n')
    },
  )

  test('with a bootstrap token it asks for a new one itself', async () => {
    const cluster = new SimCluster({ nodes: 2 })
    const master = hostOf(cluster, 'master')
    cluster.apiserver.stop()
    expireSoon(cluster, 'node-1')
    cluster.advance('30m')
    cluster.apiserver.start()
    cluster.advance('1m')
    expect(cluster.node('node-1').kubelet.state).toBe('restarting')
    const token = (await master.sh('kubeadm token create')).stdout.trim()
    const { pki } = cluster
    const config = kubeconfigText({
      server: 'https://10.0.0.10:6443',
      authority: pki.read('/etc/kubernetes/pki/ca.crt'),
      user: 'tls-bootstrap-token-user',
      credential: { token },
    })
    hostOf(cluster, 'node-1').write('/etc/kubernetes/bootstrap-kubelet.conf', config)
    await master.sh('ssh node-1 systemctl restart kubelet')
    cluster.advance('15s')
    expect(cluster.node('node-1').ready).toBe(true)
    expect(cluster.kubectl('get csr --no-headers').stdout).toMatch(
      /^node-csr-\S+ .*system:bootstrap:[a-z0-9]{6} .*Approved,Issued\n$/,
    )
  })

  test('what the configuration says of certificates counts from the next start', async () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo hello; sleep 1h'] }] },
    })
    cluster.settle()
    const node = hostOf(cluster, 'node-1')
    await node.sh('echo "serverTLSBootstrap: true" >> /var/lib/kubelet/config.yaml')
    expect(cluster.kubectl('logs p').stdout).toBe('hello\n')
    await node.sh('systemctl restart kubelet')
    expect(cluster.kubectl('logs p').stderr).toContain('remote error: tls: internal error')
    await hostOf(cluster, 'master').sh('kubectl certificate approve $(kubectl get csr -o name)')
    cluster.settle()
    expect(cluster.kubectl('logs p').stdout).toBe('hello\n')
    expect((await node.sh('ls /var/lib/kubelet/pki')).stdout).toMatch(
      /^kubelet-client-2026-01-01-00-00-00\.pem\nkubelet-client-current\.pem\nkubelet-server-2026-01-01-\d\d-\d\d-\d\d\.pem\nkubelet-server-current\.pem\nkubelet\.crt\nkubelet\.key\n$/,
    )
    expect(
      (
        await node.sh(
          'openssl verify -CAfile /etc/kubernetes/pki/ca.crt /var/lib/kubelet/pki/kubelet-server-current.pem',
        )
      ).stdout,
    ).toMatch(/: OK\n$/)
  })

  test('the machine of a control plane that is a node has the files of its own kubelet', async () => {
    const cluster = new SimCluster({
      nodes: [{ name: 'cp', labels: { 'node-role.kubernetes.io/control-plane': '' } }, { name: 'worker' }],
    })
    const master = hostOf(cluster, 'master')
    expect((await master.sh(`openssl x509 -in ${FILE} -noout -subject`)).stdout).toMatch(/system:node:cp\n$/)
    expect(master.read('/etc/kubernetes/kubelet.conf')).toContain(`client-certificate: ${FILE}`)
    await master.sh(`mv ${FILE} /root/; systemctl restart kubelet`)
    expect((await master.sh('journalctl -u kubelet -n 4')).stdout).toContain(
      `open ${FILE}: no such file or directory`,
    )
    cluster.advance('1m')
    expect(cluster.node('cp').ready).toBe(false)
    await master.sh(`mv /root/kubelet-client-current.pem ${FILE}`)
    cluster.advance('15s')
    expect(cluster.node('cp').ready).toBe(true)
  })
})
