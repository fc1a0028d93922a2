import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'

test('files, pipes, here-documents; a terminal remembers where it stands', async () => {
  const host = hostOf(new SimCluster({ nodes: 2 }), 'master')
  expect((await host.sh('sudo ls /etc/kubernetes/pki | head -3')).stdout).toBe('apiserver-etcd-client.crt\napiserver-etcd-client.key\napiserver-kubelet-client.crt\n')
  await host.sh('cd /etc/kubernetes; export WHO=me')
  expect((await host.sh('pwd; echo $WHO; ls manifests')).stdout).toBe('/etc/kubernetes\nme\netcd.yaml\nkube-apiserver.yaml\nkube-controller-manager.yaml\nkube-scheduler.yaml\n')
  const applied = await host.sh(`cat <<EOF | kubectl apply -f -
apiVersion: v1
kind: ConfigMap
metadata: { name: who }
data: { host: "$(hostname)" }
EOF
kubectl create namespace x --dry-run=client -o yaml > x.yaml && kubectl create -f x.yaml && rm x.yaml`)
  expect(applied).toEqual({ stdout: 'configmap/who created\nnamespace/x created\n', stderr: '', exitCode: 0 })
  expect(host.cluster.get('configmaps', { namespace: 'default', name: 'who' }).data).toEqual({ host: 'control-plane' })
  expect((await host.sh('cat nothing')).exitCode).toBe(1)
})

test('ssh leads to another machine, exit back; a worker has no kubeconfig', async () => {
  const cluster = new SimCluster({ nodes: 2 })
  const host = hostOf(cluster, 'master')
  const { stdout, stderr } = await host.sh('ssh node-1\nhostname; ls /var/lib/kubelet; kubectl get nodes\nexit\nhostname; ssh node-2 hostname')
  expect(stdout).toBe('node-1\nconfig.yaml\nkubeadm-flags.env\npki\ncontrol-plane\nnode-2\n')
  expect(stderr).toContain('The connection to the server localhost:8080 was refused - did you specify the right host or port?')
  cluster.node('node-2').crash()
  expect(await host.sh('ssh node-2 hostname')).toMatchObject({ stderr: 'ssh: connect to host node-2 port 22: No route to host\n', exitCode: 255 })
  expect(() => hostOf(cluster, 'node-9')).toThrow(RangeError)
})

test('the kubelet is a service whose files count when it starts', async () => {
  const cluster = new SimCluster({ nodes: 2 })
  const host = hostOf(cluster, 'node-1')
  await host.sh('mv /var/lib/kubelet/config.yaml /root/')
  expect((await host.sh('systemctl is-active kubelet')).stdout).toBe('active\n')
  await host.sh('systemctl restart kubelet')
  expect((await host.sh('systemctl status kubelet')).stdout).toContain('Active: activating (auto-restart) (Result: exit-code)')
  expect((await host.sh('journalctl -u kubelet -n 3')).stdout).toContain('open /var/lib/kubelet/config.yaml: no such file or directory')
  cluster.advance('1m')
  expect(cluster.node('node-1').ready).toBe(false)
  expect((await hostOf(cluster.fork(), 'node-1').sh('systemctl is-active kubelet')).exitCode).toBe(3)
  await host.sh('mv /root/config.yaml /var/lib/kubelet/') // systemd tries again by itself
  cluster.advance('20s')
  expect(cluster.node('node-1').ready).toBe(true)
})

test('a static pod is a file in /etc/kubernetes/manifests of a node', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  const host = hostOf(cluster, 'node-1')
  host.write('/etc/kubernetes/manifests/web.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: nginx }] }\n')
  cluster.settle()
  expect(cluster.list('pods').items.map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([['web-node-1', 'Running']])
  expect((await host.sh('crictl ps --name web | tail -1')).stdout).toContain('web-node-1')
  await host.sh('rm /etc/kubernetes/manifests/web.yaml')
  cluster.advance('1m')
  expect(cluster.list('pods').items).toEqual([])
})
