import { expect, test } from 'vitest'
import { addMachine, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 2, like: 'kubeadm' }).settle()

test('reboot ends the login and restarts the pods; poweroff leaves the node off', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  own.kubectl(['run', 'web', '--image=nginx', '--overrides={"spec":{"nodeName":"node-1"}}'])
  own.settle()
  const left = await host.sh('ssh node-1\nreboot\nhostname')
  expect(left.stdout).toBe('control-plane\n')
  expect(left.stderr).toContain('Connection to node-1 closed by remote host.')
  own.settle()
  expect(own.get('pods', 'web').status.containerStatuses?.[0]?.restartCount).toBe(1)
  await host.sh('ssh node-2 poweroff')
  own.advance('2m')
  expect((await host.sh('kubectl get nodes')).stdout).toMatch(/node-2 +NotReady/)
  expect((await host.sh('ssh node-2 hostname')).exitCode).toBe(255)
  expect((await host.sh('poweroff')).stderr).toContain('/etc/kubernetes/manifests')
  await host.sh('reboot')
  expect((await host.sh('kubectl get nodes')).exitCode).toBe(0)
})

test('df, ip, ss and iptables describe the machine and the Services', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  own.kubectl('create deployment web --image=nginx')
  own.kubectl('expose deployment web --port=80 --type=NodePort')
  expect((await host.sh('df -h /')).stdout).toMatch(
    /^Filesystem +Size +Used Avail Use% Mounted on\n\/dev\/vda1 +50G/,
  )
  expect((await host.sh('ip -4 addr show')).stdout).toContain('inet 10.0.0.10/24 scope global eth0')
  expect((await host.sh('ip route')).stdout).toMatch(/10\.244\.\d+\.0\/24 via 10\.0\.0\.\d+ dev eth0/)
  expect((await host.sh('ip nosuch')).stderr).toBe('Object "nosuch" is unknown, try "ip help".\n')
  expect((await host.sh('ss -tlnp')).stdout).toMatch(/\*:6443 .*kube-apiserver/)
  const { clusterIP, ports } = own.get('services', 'web').spec ?? {}
  const nat = (await host.sh('iptables -t nat -L -n')).stdout
  expect(nat).toContain(`${clusterIP}`)
  expect(nat).toContain(`/* default/web */ tcp dpt:${ports?.[0]?.nodePort}`)
  expect((await host.sh('iptables -L NONE')).stderr).toBe('iptables: No chain/target/match by that name.\n')
  expect((await host.sh('iptables -A INPUT -j DROP')).exitCode).toBe(1)
  expect(
    (await host.sh('mv /etc/kubernetes/manifests/kube-apiserver.yaml /tmp; ss -tlnp')).stdout,
  ).not.toContain('6443')
})

test('watch shows a change, and ends after a minute without one', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  await host.sh('kubectl create deployment web --image=nginx')
  const { stdout } = await host.sh('watch -n 1 kubectl get deployments')
  expect(stdout).toMatch(/Every 1\.0s: kubectl get deployments[^]*0\/1[^]*Every 1\.0s[^]*web/)
  const before = own.now()
  await host.sh('watch hostname')
  expect(own.now() - before).toBe(60_000)
  expect((await host.sh('watch')).stderr).toContain('Usage:')
})

test('a terminal remembers aliases', async () => {
  const host = hostOf(cluster(), 'master')
  expect((await host.sh('alias k=kubectl; k get nodes')).stdout).toContain('node-1')
  expect((await host.sh('k get nodes')).stdout).toContain('node-1')
  await host.sh("alias kn='kubectl -n kube-system'")
  expect((await host.sh('kn get ds')).stdout).toContain('kube-proxy')
  expect((await addMachine(host.cluster, 'bare').sh('k')).exitCode).toBe(127)
})

test('df follows its options and paths, and refuses what it does not know', async () => {
  const host = hostOf(cluster(), 'master')
  expect((await host.sh('df -hT /var/lib/etcd')).stdout).toBe(
    'Filesystem     Type  Size  Used Avail Use% Mounted on\n/dev/vda1      ext4   50G  4.0G   46G   8% /\n',
  )
  expect((await host.sh('df -i /run /dev/shm')).stdout).toMatch(/^Filesystem +Inodes IUsed +IFree IUse% /)
  expect(await host.sh('df /none; df -Z')).toMatchObject({
    stdout: '',
    stderr:
      'df: /none: No such file or directory\n' +
      "df: invalid option -- 'Z'\nTry 'df --help' for more information.\n",
    exitCode: 1,
  })
})
