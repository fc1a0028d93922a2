import { expect, test } from 'vitest'
import { NotFoundError, SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'

test('files, pipes, here-documents; a terminal remembers where it stands', async () => {
  const host = hostOf(new SimCluster({ nodes: 2 }), 'master')
  expect((await host.sh('sudo ls /etc/kubernetes/pki | head -3')).stdout).toBe(
    'apiserver-etcd-client.crt\napiserver-etcd-client.key\napiserver-kubelet-client.crt\n',
  )
  await host.sh('cd /etc/kubernetes; export WHO=me')
  expect((await host.sh('pwd; echo $WHO; ls manifests')).stdout).toBe(
    '/etc/kubernetes\nme\netcd.yaml\nkube-apiserver.yaml\nkube-controller-manager.yaml\nkube-scheduler.yaml\n',
  )
  const applied = await host.sh(`cat <<EOF | kubectl apply -f -
apiVersion: v1
kind: ConfigMap
metadata: { name: who }
data: { host: "$(hostname)" }
EOF
kubectl create namespace x --dry-run=client -o yaml > x.yaml && kubectl create -f x.yaml && rm x.yaml`)
  expect(applied).toMatchObject({
    stdout: 'configmap/who created\nnamespace/x created\n',
    stderr: '',
    exitCode: 0,
  })
  expect(host.cluster.get('configmaps', { namespace: 'default', name: 'who' }).data).toEqual({
    host: 'control-plane',
  })
  expect((await host.sh('cat nothing')).exitCode).toBe(1)
})

test('ssh leads to another machine, exit back; a worker has no kubeconfig', async () => {
  const cluster = new SimCluster({ nodes: 2 })
  const host = hostOf(cluster, 'master')
  const { stdout, stderr } = await host.sh(
    'ssh node-1\nhostname; ls /var/lib/kubelet; kubectl get nodes\nexit\nhostname; ssh node-2 hostname',
  )
  expect(stdout).toBe('node-1\nconfig.yaml\nkubeadm-flags.env\npki\ncontrol-plane\nnode-2\n')
  expect(stderr).toContain(
    'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
  )
  cluster.node('node-2').crash()
  expect(await host.sh('ssh node-2 hostname')).toMatchObject({
    stderr: 'ssh: connect to host node-2 port 22: No route to host\n',
    exitCode: 255,
  })
  expect(() => hostOf(cluster, 'node-9')).toThrow(NotFoundError)
})

test('a terminal tells what its prompt shows: user, machine and working directory', async () => {
  const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
  const prompt = (): string => `${host.user}@${host.name}:${host.workingDirectory}`
  expect(prompt()).toBe('root@control-plane:/root')
  await host.sh('cd /etc/kubernetes')
  await host.sh('ssh node-1')
  expect(prompt()).toBe('root@node-1:/root')
  await host.sh('cd /var; exit 1')
  await host.sh('exit')
  expect(prompt()).toBe('root@control-plane:/etc/kubernetes')
})

test('programs read Korean text from standard input', async () => {
  const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
  const { stdout } = await host.sh('echo 안녕 | sudo cat')
  expect(stdout).toBe('안녕\n')
})

test('the kubelet is a service whose files count when it starts', async () => {
  const cluster = new SimCluster({ nodes: 2 })
  const host = hostOf(cluster, 'node-1')
  await host.sh('mv /var/lib/kubelet/config.yaml /root/')
  expect((await host.sh('systemctl is-active kubelet')).stdout).toBe('active\n')
  await host.sh('systemctl restart kubelet')
  expect((await host.sh('systemctl status kubelet')).stdout).toContain(
    'Active: activating (auto-restart) (Result: exit-code)',
  )
  expect((await host.sh('journalctl -u kubelet -n 3')).stdout).toContain(
    'open /var/lib/kubelet/config.yaml: no such file or directory',
  )
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
  host.write(
    '/etc/kubernetes/manifests/web.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: ' +
      'nginx }] }\n',
  )
  cluster.settle()
  expect(cluster.list('pods').items.map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([
    ['web-node-1', 'Running'],
  ])
  expect((await host.sh('crictl ps --name web | tail -1')).stdout).toContain('web-node-1')
  await host.sh('rm /etc/kubernetes/manifests/web.yaml')
  cluster.advance('1m')
  expect(cluster.list('pods').items).toEqual([])
})

test(
  'V4: a node of the course is upgraded: its version changes with the restart of the kubelet, and not ' +
    'before',
  async () => {
    const cluster = new SimCluster({
      version: 'v1.14',
      nodes: [{ name: 'node-1', kubeletVersion: 'v1.13.0' }, { name: 'node-2' }],
    })
    const host = hostOf(cluster, 'master')
    const version = async (): Promise<string | undefined> =>
      (await host.sh('kubectl get node node-1 --no-headers')).stdout.trim().split(/ +/).at(-1)
    const { stdout } = await host.sh(`kubectl drain node-1
ssh node-1
apt-get upgrade -y kubelet=1.14.0-00
kubeadm upgrade node config --kubelet-version v1.14.0
exit`)
    expect(stdout).toContain('node/node-1 evicted\n')
    expect(stdout).toContain(
      '[upgrade] Now you should go ahead and upgrade the kubelet package using your package manager.\n',
    )
    expect(await version()).toBe('v1.13.0')
    await host.sh('ssh node-1 systemctl restart kubelet; sleep 20; kubectl uncordon node-1')
    expect(await version()).toBe('v1.14.0')
  },
)

test('hosts are the same after JSON, and when they are first seen while the apiserver is down', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apiserver.stop()
  const host = hostOf(cluster, 'master')
  await host.sh('echo kept > /root/note')
  expect((await host.sh('kubectl get nodes')).stderr).toContain('was refused')
  cluster.apiserver.start()
  expect((await host.sh('kubectl get nodes -o name')).stdout).toBe('node/node-1\n')
  const copy = SimCluster.fromJSON(
    JSON.parse(JSON.stringify(cluster.toJSON())) as ReturnType<SimCluster['toJSON']>,
  )
  expect((await hostOf(copy, 'master').sh('cat note; crictl ps')).stdout).toBe(
    `kept\n${(await host.sh('crictl ps')).stdout}`,
  )
})

test('bytes and exit codes pass through sudo, and standard input through ssh', async () => {
  const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
  const said = async (line: string): Promise<string> => (await host.sh(line)).stdout
  expect(await said('echo 안녕 é | sudo gzip | sudo zcat')).toBe('안녕 é\n')
  expect(await said('echo 안녕 | sudo gzip -9 > a.gz; sudo zcat a.gz')).toBe('안녕\n')
  expect(await said(`sudo echo "it's" '$x'; sudo sh -c 'exit 3'; echo $?`)).toBe("it's $x\n3\n")
  expect(await said('whoami; sudo whoami; sudo -u root whoami; sudo -n -uroot id -un')).toBe(
    'root\nroot\nroot\nroot\n',
  )
  expect((await host.sh('sudo -u jane whoami')).stderr).toBe('sudo: unknown user jane\n')
  expect(await said('echo 안녕 | ssh node-1 cat')).toBe('안녕\n')
  expect(await said('echo hostname | ssh node-1')).toBe('node-1\n')
})

test('the journal of a machine goes on in every copy, before somebody logs in there', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  hostOf(cluster, 'node-1')
  const snapshot = cluster.snapshot()
  const journalOf = async (copy: SimCluster): Promise<string> => {
    copy.kubectl('create deployment web --image=nginx')
    copy.settle()
    return (await hostOf(copy, 'node-1').sh('journalctl -u kubelet')).stdout
  }
  const forkOfFork = cluster.fork().fork()
  const other = new SimCluster({ nodes: 1 }).rewind(snapshot)
  const journals = [
    await journalOf(cluster),
    await journalOf(forkOfFork),
    await journalOf(SimCluster.restore(snapshot)),
    await journalOf(other),
  ]
  expect(journals[0]).toContain('SyncLoop ADD')
  expect(new Set(journals).size).toBe(1)
})

test('a fork and a rewound cluster have the files of their own moment', async () => {
  const cluster = new SimCluster({ nodes: 1, like: 'kubeadm' })
  const host = hostOf(cluster, 'master')
  const before = cluster.snapshot()
  const extra = '/etc/kubernetes/pki/extra.crt'
  const look = 'ls /etc/kubernetes/pki'
  const { stdout: listed } = await host.sh(look)
  await host.sh(`echo text > ${extra}; rm /etc/kubernetes/pki/sa.pub`)
  const copy = hostOf(cluster.fork(), 'master')
  expect((await copy.sh(look)).stdout).toContain('extra.crt')
  expect((await copy.sh(look)).stdout).not.toContain('sa.pub')
  await copy.sh(`rm ${extra}`)
  expect((await copy.sh(look)).stdout).not.toContain('extra.crt')
  expect(host.read(extra)).toBe('text\n')
  cluster.rewind(before)
  expect((await hostOf(cluster, 'master').sh(look)).stdout).toBe(listed)
})
