import { expect, test } from 'vitest'
import { type Host, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const out = async (host: Host, line: string): Promise<string> => (await host.sh(line)).stdout

function running(): { readonly own: SimCluster; readonly host: Host } {
  const own = new SimCluster({ nodes: 1, like: 'kubeadm' }).settle()
  own.kubectl('run web --image=nginx')
  own.kubectl('run job --image=busybox --restart=Never -- sh -c "exit 3"')
  own.settle()
  return { own, host: hostOf(own, 'node-1') }
}

test('crictl inspect shows a container in JSON, YAML and by a template', async () => {
  const { own, host } = running()
  const status = own.get('pods', 'web').status
  const id = status.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? ''
  expect(JSON.parse(await out(host, 'crictl inspect $(crictl ps -q --name web)'))).toMatchObject({
    status: { id, state: 'CONTAINER_RUNNING', metadata: { attempt: 0, name: 'web' } },
    info: { pid: Number(await out(host, 'pidof nginx')) },
  })
  expect(await out(host, `crictl inspect -o yaml ${id.slice(0, 6)} | grep state`)).toBe(
    '  state: CONTAINER_RUNNING\n',
  )
  expect(await out(host, `crictl inspect -o go-template --template '{{.info.pid}}' ${id}`)).toBe(
    await out(host, 'pidof nginx'),
  )
  expect(JSON.parse(await out(host, 'crictl inspect $(crictl ps -aq --name job)'))).toMatchObject({
    status: { exitCode: 3, reason: 'Error', state: 'CONTAINER_EXITED' },
  })
  expect(JSON.parse(await out(host, 'crictl inspectp $(crictl pods -q --name web)'))).toMatchObject({
    status: { network: { ip: status.podIP }, metadata: { name: 'web', namespace: 'default' } },
  })
  expect((await host.sh('crictl inspect nosuch')).stderr).toContain('code = NotFound')
})

test('crictl filters, and images come and go', async () => {
  const { host } = running()
  const rows = async (line: string): Promise<number> => (await out(host, line)).split('\n').length - 2
  expect(await rows('crictl ps --state exited')).toBe(1)
  expect(await rows('crictl ps -a --namespace default')).toBe(2)
  expect(await rows('crictl ps -a --last 1')).toBe(1)
  expect(await rows('crictl pods --namespace default --state Ready')).toBe(1)
  expect(await out(host, 'crictl pull redis:7')).toMatch(/^Image is up to date for sha256:[0-9a-f]{64}\n$/)
  const listed = await out(host, 'crictl images | grep redis')
  expect(listed).toMatch(/^docker\.io\/library\/redis +7 +[0-9a-f]{13} +\S+MB\n$/)
  expect(await out(host, 'crictl rmi redis:7')).toBe('Deleted: docker.io/library/redis:7\n')
  expect((await host.sh('crictl images | grep redis')).exitCode).toBe(1)
  await host.sh('crictl pull redis:7; crictl rmi --prune')
  expect(await out(host, 'crictl images')).toMatch(/nginx/)
  expect(await out(host, 'crictl images')).not.toContain('redis')
  expect((await host.sh('crictl rmi nosuch')).stderr).toBe('no such image nosuch\n')
})

test('crictl exec and stop work without the apiserver', async () => {
  const { own, host } = running()
  own.apiserver.stop()
  expect(await out(host, 'crictl exec -it $(crictl ps -q --name web) hostname')).toBe('web\n')
  expect(await host.sh('crictl exec $(crictl ps -q --name web) cat /none')).toMatchObject({ exitCode: 1 })
  await host.sh('crictl stop $(crictl ps -q --name web); sleep 2')
  expect(await out(host, 'crictl ps --name web')).toMatch(/Running +web +1 /)
  expect(JSON.parse(await out(host, 'crictl info'))).toMatchObject({
    status: {
      conditions: [
        { type: 'RuntimeReady', status: true },
        { type: 'NetworkReady', status: true },
      ],
    },
  })
  await host.sh('rm /etc/cni/net.d/*')
  expect(await out(host, 'crictl info')).toContain('cni plugin not initialized')
  await host.sh('systemctl stop containerd')
  expect((await host.sh('crictl inspect x')).stderr).toContain('connection refused')
})

test('dpkg, apt and apt-cache say what apt-get has installed', async () => {
  const own = new SimCluster({ nodes: 1, version: 'v1.35.0', like: 'kubeadm' }).settle()
  const host = hostOf(own, 'node-1')
  expect(await out(host, "dpkg -l | awk '/kube/ {print $1, $2, $3}'")).toBe(
    'hi kubeadm 1.35.0-1.1\nhi kubectl 1.35.0-1.1\nhi kubelet 1.35.0-1.1\n',
  )
  expect(await out(host, 'apt-cache madison kubeadm | head -1')).toMatch(
    /^ +kubeadm \| 1\.35\.\d+-1\.1 \| https:/,
  )
  await host.sh('apt-mark unhold kubelet; apt-get install -y kubelet=1.35.2-1.1')
  expect(
    await out(
      host,
      'dpkg -l kubelet | tail -1; apt-cache policy kubelet; dpkg -s kubelet; apt list kubelet --installed',
    ),
  ).toMatch(
    /^ii {2}kubelet +1\.35\.2-1\.1 [^]*Installed: 1\.35\.2-1\.1\n[^]* \*\*\* 1\.35\.2-1\.1 500[^]*install ok installed[^]*kubelet\/v1\.35 1\.35\.2-1\.1/,
  )
  await host.sh("sed -i 's/v1.35/v1.34/' /etc/apt/sources.list.d/kubernetes.list")
  expect(await out(host, 'apt-cache madison kubeadm | head -1')).toContain('1.34.')
  expect((await host.sh('dpkg -l nosuch; apt-get remove kubelet; apt-cache nosuch')).stderr).toContain(
    'no packages found matching nosuch',
  )
})

test('crictl logs follows a container for a minute, and shows the one before', async () => {
  const { own, host } = running()
  own.kubectl('run loop --image=busybox -- sh -c "while true; do date +%s; sleep 20; done"')
  own.settle()
  const id = (await out(host, 'crictl ps -q --name loop')).trim()
  expect((await out(host, `crictl logs ${id}`)).split('\n')).toHaveLength(2)
  expect((await out(host, `crictl logs -f --tail 0 ${id}`)).split('\n')).toHaveLength(4)
  await host.sh('pkill -9 -f "date.*sleep"; sleep 5')
  const next = (await out(host, 'crictl ps -q --name loop')).trim()
  expect((await out(host, `crictl logs -p ${next}`)).split('\n')).toHaveLength(5)
  expect((await host.sh(`crictl logs --tail few ${next}`)).stderr).toContain('parse error')
})

test('crictl lists as JSON and YAML, by label, expression, image and id', async () => {
  const own = new SimCluster({ nodes: 1, like: 'kubeadm' }).settle()
  const host = hostOf(own, 'master')
  expect(await out(host, "crictl images -o json | jq -r '.images[].repoTags[]' | grep etcd")).toBe(
    'registry.k8s.io/etcd:3.6.6-0\n',
  )
  const listed = JSON.parse(await out(host, 'crictl ps -o json --label io.kubernetes.container.name=etcd'))
  expect(listed).toMatchObject({
    containers: [{ metadata: { name: 'etcd', attempt: 0 }, state: 'CONTAINER_RUNNING' }],
  })
  expect(await out(host, 'crictl pods -o yaml --name ^etcd | grep state')).toBe('  state: SANDBOX_READY\n')
  expect((await out(host, "crictl ps --name '^kube-(api|sch)' -q")).split('\n')).toHaveLength(3)
  const id = (await out(host, 'crictl ps -q --image registry.k8s.io/etcd:3.6.6-0')).trim()
  expect(await out(host, `crictl ps -q --id ${id.slice(0, 5)} --no-trunc`)).toBe(`${id}\n`)
  expect(await out(host, `crictl logs -t --since 1h --tail 1 ${id}`)).toMatch(/^2026-01-01T00:00:00\.0{9}Z {/)
  expect(await out(host, 'crictl config --get runtime-endpoint')).toBe(
    'unix:///run/containerd/containerd.sock\n',
  )
  for (const line of ['ps --wrong', 'images -x', 'logs --limit-bytes 3 x', 'exec -z x ls'])
    expect([line, (await host.sh(`crictl ${line}`)).stderr]).toEqual([
      line,
      expect.stringMatching(/^FATA\[0000\] flag provided but not defined: -(?:wrong|x|limit-bytes|z)\n$/),
    ])
})

test('etcdctl runs in the container of etcd, too', async () => {
  const host = hostOf(new SimCluster({ nodes: 1, like: 'kubeadm' }).settle(), 'master')
  const pki = '/etc/kubernetes/pki/etcd'
  const flags = `--cacert=${pki}/ca.crt --cert=${pki}/server.crt --key=${pki}/server.key`
  const healthy = /^127\.0\.0\.1:2379 is healthy/
  const kubectl = 'kubectl -n kube-system exec etcd-control-plane --'
  expect(await out(host, `crictl exec $(crictl ps -q --name etcd) etcdctl ${flags} endpoint health`)).toMatch(
    healthy,
  )
  expect(await out(host, `${kubectl} etcdctl ${flags} endpoint health`)).toMatch(healthy)
  expect(await out(host, `${kubectl} sh -c 'ETCDCTL_API=3 etcdctl ${flags} endpoint health'`)).toMatch(
    healthy,
  )
  // it has no variables of the machine's shell
  await host.sh(
    `export ETCDCTL_CACERT=${pki}/ca.crt ETCDCTL_CERT=${pki}/server.crt ETCDCTL_KEY=${pki}/server.key`,
  )
  expect(await host.sh(`${kubectl} etcdctl member list`)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/context deadline exceeded\ncommand terminated with exit code 1\n$/),
  })
  expect(JSON.parse(await out(host, 'etcdctl member list -w json'))).toMatchObject({
    members: [{ name: 'control-plane', peerURLs: ['https://10.0.0.10:2380'] }],
  })
  expect((await host.sh('etcdctl alarm list -w json')).stderr).toBe(
    'Error: etcdctl alarm list -w json is not simulated\n',
  )
})
