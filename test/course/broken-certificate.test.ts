import { describe, expect, it } from 'vitest'
import { ClusterSnapshot, SimCluster } from '../../src/index.js'
import { hostOf } from '../../src/host/index.js'
import { FORMS } from './chapter1.js'

const REFUSED =
  'The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n'

describe.each(FORMS)('a certificate that is not found, $form', ({ version }) => {
  it(
    'A10: snapshot the master, break a certificate path in kube-apiserver.yaml, and bring it back by ' +
      'the snapshot',
    async () => {
      const cluster = new SimCluster({ version, nodes: 1 })
      cluster.create('configmaps', { metadata: { name: 'before', namespace: 'default' } })
      const saved = cluster.snapshot().toFile()
      const nodes = cluster.kubectl('get nodes').stdout

      const master = hostOf(cluster, 'master')
      await master.sh(
        'sudo sed -i s#/etc/kubernetes/pki/apiserver.crt#/etc/kubernetes/pki/apiserver-lost.crt# ' +
          '/etc/kubernetes/manifests/kube-apiserver.yaml',
      )
      cluster.advance('10m')
      // the kubelet tries again and again; it does not come back
      expect(await master.sh('kubectl get nodes')).toMatchObject({ stdout: '', stderr: REFUSED, exitCode: 1 })
      expect(cluster.kubectl('get nodes')).toMatchObject({ stderr: REFUSED, exitCode: 1 })
      expect((await master.sh('sudo cat /var/log/kube-apiserver.log')).stdout).toContain(
        'open /etc/kubernetes/pki/apiserver-lost.crt: no such file or directory',
      )

      const restored = SimCluster.restore(ClusterSnapshot.fromFile(saved))
      expect(restored.kubectl('get nodes').stdout).toBe(nodes)
      expect(restored.kubectl('get configmap before -o name').stdout).toBe('configmap/before\n')
      const again = hostOf(restored, 'master')
      expect(
        (await again.sh('grep -c apiserver-lost /etc/kubernetes/manifests/kube-apiserver.yaml')).stdout,
      ).toBe('0\n')
      expect((await again.sh('kubectl get nodes')).exitCode).toBe(0)
    },
  )
})
