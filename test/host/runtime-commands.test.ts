import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'

async function kubeadmLike(node = 'control-plane') {
  const cluster = new SimCluster({ like: 'kubeadm', nodes: 1 })
  cluster.kubectl('run web --image=nginx', { check: true })
  cluster.settle()
  const host = hostOf(cluster, node)
  return { cluster, host, run: async (line: string) => (await host.sh(line)).stdout }
}

test('ctr lists what the runtime of the machine has, in the namespace of the kubelet', async () => {
  const { cluster, run } = await kubeadmLike('node-1')
  const ids = cluster
    .get('pods', 'web')
    .status.containerStatuses?.map(({ containerID = '' }) => containerID.replace('containerd://', ''))
  const containers = await run('ctr -n k8s.io containers ls')
  expect(containers).toMatch(/^CONTAINER +IMAGE +RUNTIME\n/)
  for (const id of ids ?? []) {
    expect(containers).toMatch(
      new RegExp(`^${id} +docker.io/library/nginx:latest +io.containerd.runc.v2$`, 'm'),
    )
    const pid = (await run(`crictl inspect --template '{{.info.pid}}' -o go-template ${id}`)).trim()
    expect(await run('ctr -n k8s.io tasks ls')).toMatch(new RegExp(`^${id} +${pid} +RUNNING$`, 'm'))
    expect(await run('runc list')).toMatch(new RegExp(`^${id} +${pid} +running `, 'm'))
  }
  expect(await run('ctr -n k8s.io images ls -q')).toContain('docker.io/library/nginx:latest\n')
  expect(await run('ctr containers ls')).toBe('CONTAINER    IMAGE    RUNTIME\n')
  await run('systemctl stop containerd')
  const stopped = await run('ctr -n k8s.io tasks ls 2>&1')
  expect(stopped).toContain('connection refused')
})

test('the version of the runtime is that of the node', async () => {
  const { cluster, run, host } = await kubeadmLike('node-1')
  const [, version = ''] =
    cluster.get('nodes', 'node-1').status.nodeInfo?.containerRuntimeVersion.split('//') ?? []
  expect(version).not.toBe('')
  expect(await run('containerd --version')).toContain(` v${version}\n`)
  expect(await run('crictl version')).toContain(`RuntimeVersion:  v${version}\n`)
  expect((await host.sh('crictl logs')).stderr).toContain('ID cannot be empty')
})

test('kubectl proxy in the background serves the API as its user, until it ends', async () => {
  const { run, host } = await kubeadmLike()
  const started = await host.sh('kubectl proxy --port=8005 &')
  expect(started.stdout).toBe('Starting to serve on 127.0.0.1:8005\n')
  expect(started.stderr).toMatch(/^\[1\] \d+\n$/)
  expect(JSON.parse(await run('curl -s localhost:8005/api/v1/namespaces/default/pods/web'))).toMatchObject({
    metadata: { name: 'web' },
  })
  expect(await run('curl -so /dev/null -w "%{http_code}" localhost:8005/api/v1/namespaces/no')).toBe('404')
  expect(await run('jobs')).toBe('[1]+  Running                 kubectl proxy --port=8005 &\n')
  expect(await run('ss -tlnp | grep -c :8005')).toBe('1\n')
  const fork = hostOf(host.cluster.fork(), 'control-plane')
  await run('kill %1')
  expect((await host.sh('curl -s localhost:8005/api')).exitCode).toBe(7)
  expect(await run('jobs')).toBe('')
  expect((await fork.sh('curl -s localhost:8005/api')).stdout).toContain('APIVersions')
})

test('a port that kubectl forwards in the background leads to the pod, and is lost with it', async () => {
  const { run, host, cluster } = await kubeadmLike()
  await run('alias k=kubectl')
  expect(await run('k port-forward pod/web 8080:80 &')).toContain('Forwarding from 127.0.0.1:8080 -> 80\n')
  expect(await run('curl -s localhost:8080 | grep -c "Welcome to nginx"')).toBe('2\n')
  const again = await host.sh('kubectl port-forward pod/web 8080:80 &')
  expect(again.stderr).toContain('address already in use')
  cluster.kubectl('delete pod web --now')
  cluster.settle()
  expect((await host.sh('curl -s localhost:8080')).exitCode).toBe(52)
  expect((await host.sh('curl -s localhost:8080')).exitCode).toBe(7)
  expect((await host.sh('kubectl port-forward pod/none 8081:80 &')).stderr).toContain('NotFound')
})

test('sleep in the background lets the terminal go on, and fg waits for it', async () => {
  const { run, cluster, host } = await kubeadmLike()
  const before = cluster.now()
  await run('sleep 30 &')
  expect(cluster.now() - before).toBeLessThan(1000)
  expect(await run('jobs')).toContain('sleep 30 &')
  await run('fg')
  expect(cluster.now() - before).toBeGreaterThanOrEqual(30_000)
  expect((await host.sh('fg')).stderr).toBe('bash: fg: current: no such job\n')
})

test('ps shows the columns that are asked for', async () => {
  const { run, host } = await kubeadmLike()
  const [head, first] = (await run('ps -eo pid,comm,%mem --sort=-%mem')).split('\n')
  expect(head).toBe('    PID COMMAND         %MEM')
  expect(first).toMatch(/^ +\d+ kube-apiserver +\d/)
  expect(await run('ps -p $(pidof kubelet) -o comm=')).toBe('kubelet\n')
  expect(await run('ps -C etcd --no-headers | wc -l')).toMatch(/^ *1\n$/)
  expect((await host.sh('ps -eo nope')).stderr).toContain('unknown user-defined format specifier "nope"')
})

test('/proc agrees with free, uptime and the capacity of the node', async () => {
  const { cluster, run } = await kubeadmLike('node-1')
  const memory = cluster.get('nodes', 'node-1').status.capacity?.['memory'] ?? ''
  expect(memory).toBe('32Gi')
  const total = await run("awk '/MemTotal/{print $2}' /proc/meminfo")
  expect(Number(total)).toBe(32 * 1024 ** 2)
  expect(await run("free -k | awk '/Mem:/{print $4}'")).toBe(
    await run("awk '/MemFree/{print $2}' /proc/meminfo"),
  )
  cluster.advance('90s')
  const [seconds] = (await run('cat /proc/uptime')).split(' ')
  expect(Number(seconds) * 1000).toBeCloseTo(cluster.now() - Date.UTC(2026, 0, 1), -2)
})

test('ls -l shows the modes of the files, and find those that changed lately', async () => {
  const { run, cluster } = await kubeadmLike()
  expect(await run('ls -l /etc/kubernetes/admin.conf')).toMatch(/^-rw------- /)
  await run('chmod 644 /etc/kubernetes/manifests/etcd.yaml')
  expect(await run('ls -l /etc/kubernetes/manifests | grep etcd')).toMatch(/^-rw-r--r-- /)
  cluster.advance('10m')
  await run('touch /tmp/new')
  expect(await run('find /tmp /etc/kubernetes -type f -mmin -5')).toBe('/tmp/new\n')
  expect(await run('find /etc/kubernetes/manifests -mmin +5 -name "kube-s*"')).toBe(
    '/etc/kubernetes/manifests/kube-scheduler.yaml\n',
  )
})

test('an associative array keeps blanks in its elements', async () => {
  const { run } = await kubeadmLike()
  expect(await run('declare -A m=([x]="a b" [y]=c); echo "${m[x]}|${m[y]}"')).toBe('a b|c\n')
  expect(await run('echo "${m[x]}"')).toBe('a b\n')
})

test('systemctl and journalctl say what scripts ask them for', async () => {
  const { run } = await kubeadmLike()
  expect(await run('systemctl show kubelet -p ActiveState,SubState')).toBe(
    'ActiveState=active\nSubState=running\n',
  )
  expect(await run('systemctl show kubelet -p MainPID --value')).toBe(await run('pidof kubelet'))
  await run('systemctl stop kubelet')
  expect(await run('systemctl list-units --all')).toMatch(/kubelet.service +loaded inactive +dead/)
  expect(await run('systemctl list-units')).not.toContain('kubelet')
  expect(await run('systemctl list-unit-files')).toContain('kubelet.service')
  expect(await run('journalctl --list-boots')).toMatch(/^ {2}0 [0-9a-f]{32} /m)
  await run('logger -t me hello')
  expect(await run('journalctl -t me -o cat')).toBe('hello\n')
  expect((await run('watch nosuch')).split('\n').at(-2)).toBe('sh: 1: nosuch: not found')
})

test('crontab, who, w and vmstat describe the machine', async () => {
  const { run, host } = await kubeadmLike()
  expect((await host.sh('crontab -l')).stderr).toBe('no crontab for root\n')
  await run('echo "0 1 * * * true" | crontab -')
  expect(await run('crontab -l')).toBe('0 1 * * * true\n')
  expect(await run('who')).toMatch(/^root +pts\/0 /)
  expect(await run('w | head -1')).toBe(await run('uptime'))
  expect(await run("vmstat | awk 'NR==3{print $4}'")).toBe(
    await run("awk '/MemFree/{print $2}' /proc/meminfo"),
  )
})

test('/var/log has the logs of the containers, also when the apiserver is down', async () => {
  const { run, cluster } = await kubeadmLike()
  cluster.kubectl('run talker --image=busybox -- sh -c "echo one; echo two >&2; sleep 1d"')
  cluster.settle()
  const node = hostOf(cluster, 'node-1')
  const { stdout } = await node.sh('cat /var/log/pods/default_talker_*/talker/0.log')
  expect(stdout).toMatch(/^2026-01-01T[\d:.]+Z stdout F one\n2026-01-01T[\d:.]+Z stderr F two\n$/)
  const { uid = '' } = cluster.get('pods', 'talker').metadata
  expect((await node.sh('ls /var/log/pods')).stdout).toContain(`default_talker_${uid}\n`)
  expect((await node.sh('cat /var/log/containers/web_default_web-*.log')).stdout).toContain(
    'stdout F /docker',
  )
  await run("sed -i 's/--secure-port/--nope/' /etc/kubernetes/manifests/kube-apiserver.yaml; sleep 20")
  expect(await run('tail -1 /var/log/containers/kube-apiserver*.log')).toContain('unknown flag: --nope')
})
