import { expect, test } from 'vitest'
import { addMachine, type Host, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 2, like: 'kubeadm' }).settle()

/** A cluster with a web server behind a Service, and where it is reached. */
function exposed(): {
  readonly own: SimCluster
  readonly host: Host
  readonly clusterIP: string
  readonly nodePort: number
  readonly podIP: string
} {
  const own = cluster()
  own.kubectl('create deployment web --image=nginx --port=80')
  own.kubectl('expose deployment web --port=80 --type=NodePort')
  own.settle()
  const { clusterIP = '', ports } = own.get('services', 'web').spec ?? {}
  const podIP = own.list('pods').items[0]?.status?.podIP ?? ''
  return { own, host: hostOf(own, 'master'), clusterIP, nodePort: ports?.[0]?.nodePort ?? 0, podIP }
}

test('a control plane without a scheduler reboots', async () => {
  const own = new SimCluster({ nodes: 1, disable: ['kube-scheduler'] })
  const { stderr, exitCode } = await hostOf(own, 'master').sh('reboot')
  expect([stderr, exitCode]).toEqual(['', 0])
  own.settle()
  expect(own.kubectl('get nodes').exitCode).toBe(0)
})

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

test('ip, ss, curl and the manifests write IPv6 addresses as Linux and kubeadm do', async () => {
  const own = new SimCluster({
    like: 'kubeadm',
    nodes: 1,
    network: { podCIDR: 'fd00:10:244::/56,10.244.0.0/16', serviceCIDR: 'fd00:10:96::/112,10.96.0.0/16' },
  }).settle()
  const host = hostOf(own, 'master')
  const manifest = host.read('/etc/kubernetes/manifests/kube-apiserver.yaml')
  expect(manifest).toContain('- --advertise-address=fd00::a\n')
  expect(manifest).toContain('host: fd00::a\n')
  expect(manifest).toContain("advertise-address.endpoint: '[fd00::a]:6443'")
  expect(host.read('/etc/kubernetes/manifests/etcd.yaml')).toContain(
    '- --listen-client-urls=https://127.0.0.1:2379,https://[fd00::a]:2379\n',
  )
  expect((await host.sh('ip -6 addr show eth0')).stdout).toMatch(
    /^2: eth0: .*\n.*\n    inet6 fd00::a\/64 scope global\n$/,
  )
  expect((await host.sh('ip route')).stdout).toContain('via 10.0.0.11 dev eth0')
  expect((await host.sh('ip -6 route')).stdout).toMatch(/^fd00:10:244:1::\/64 via fd00::b dev eth0$/m)
  expect((await host.sh('ip addr show eth9')).stderr).toBe('Device "eth9" does not exist.\n')
  expect((await host.sh('ss -tln')).stdout).toMatch(/ \[fd00::a\]:2380 +\[::\]:\*$/m)
  expect((await host.sh('curl -k https://[fd00::a]:6443/healthz')).stdout).toBe('ok')
  expect((await host.sh('curl -k https://[fd00::b]:6443/healthz')).stderr).toContain(
    'Failed to connect to fd00::b port 6443',
  )
  expect((await host.sh('kubeadm token create --print-join-command')).stdout).toContain(
    'join [fd00::a]:6443 ',
  )
  const machine = addMachine(own, 'node-9', { internalIP: 'fd00::9' })
  const join = (await host.sh('kubeadm token create --print-join-command')).stdout.trim()
  expect((await machine.sh(join.replace('[fd00::a]', '[fd00::9]'))).stderr).toContain(
    'dial tcp [fd00::9]:6443: connect: connection refused',
  )
  expect((await machine.sh(join)).stdout).toContain('This node has joined the cluster')
})

test('nc scans ports of machines, pods and Services, and ping finds what is up', async () => {
  const { own, host, clusterIP, nodePort, podIP } = exposed()
  const nc = async (line: string): Promise<string> => {
    const { stderr, exitCode } = await host.sh(`nc -zv ${line}`)
    return `${exitCode} ${stderr}`
  }
  expect(await nc('10.0.0.10 6443')).toBe('0 Connection to 10.0.0.10 6443 port [tcp/*] succeeded!\n')
  expect(await nc('localhost 2379-2382')).toContain('port 2382 (tcp) failed: Connection refused')
  expect(await nc('-w 1 node-1 2379')).toBe(
    '1 nc: connect to node-1 port 2379 (tcp) failed: Connection refused\n',
  )
  expect(await nc('node-1 10250')).toMatch(/^0 /)
  expect(await nc(`node-2 ${nodePort}`)).toMatch(/^0 /)
  expect(await nc(`${clusterIP} 80`)).toMatch(/^0 /)
  expect(await nc(`${podIP} 80`)).toMatch(/^0 /)
  expect(await nc(`${podIP} 81`)).toContain('Connection refused')
  expect(await nc('web 80')).toContain('Temporary failure in name resolution')
  expect(await nc('10.0.0.10 70000')).toContain('port number invalid')
  expect((await host.sh('nc 10.0.0.10 6443')).stderr).toContain('To send a request, use curl.')
  const before = own.now()
  expect((await host.sh('ping -c 3 node-1')).stdout).toMatch(
    /^PING node-1 \(10\.0\.0\.11\)[^]*icmp_seq=3[^]*3 packets transmitted, 3 received, 0% packet loss, time 2000ms\n$/,
  )
  expect(own.now() - before).toBe(2000)
  expect(await host.sh(`ping -c1 ${clusterIP}`)).toMatchObject({ exitCode: 1 })
  expect((await host.sh(`ping -c1 ${podIP}`)).stdout).toContain('1 received')
  own.node('node-1').crash()
  expect((await host.sh('ping -c 2 10.0.0.11')).stdout).toContain('0 received, +2 errors, 100% packet loss')
  expect(await nc('node-1 10250')).toContain('No route to host')
  expect(await host.sh('ping nosuch')).toMatchObject({
    exitCode: 2,
    stderr: 'ping: nosuch: Name or service not known\n',
  })
})

test('curl reaches pods, Services, node ports and the programs of its own machine', async () => {
  const { own, host, clusterIP, nodePort, podIP } = exposed()
  const curl = async (line: string): Promise<string> => (await host.sh(`curl ${line}`)).terminal
  for (const target of [clusterIP, podIP, `node-2:${nodePort}`])
    expect(await curl(`-s http://${target}`)).toContain('Welcome to nginx!')
  expect(await curl(`-I ${podIP}`)).toBe('HTTP/1.1 200 OK\ncontent-type: text/html\n\n')
  expect(await curl(`-s -o /dev/null -w '%{http_code}' ${podIP}/none`)).toBe('404')
  expect(await curl(`${podIP}:81`)).toContain('(7) Failed to connect')
  expect(await curl('web')).toBe('curl: (6) Could not resolve host: web\n')
  const before = own.now()
  expect(await curl('-m 2 10.96.77.77')).toContain('(28) Connection timed out after 2000 milliseconds')
  expect(own.now() - before).toBe(2000)
  expect(await curl('localhost:10248/healthz')).toBe('ok')
  expect(await curl('localhost:10248/none')).toBe('404 page not found\n')
  expect(await curl('localhost:10249/proxyMode')).toBe('iptables')
  expect(await curl('-k https://localhost:10257/healthz')).toBe('ok')
  expect(await curl('https://localhost:10259/healthz')).toContain('(60) SSL certificate problem')
  expect(await curl('http://localhost:10259/healthz')).toContain('HTTP request to an HTTPS server')
  expect(await curl('localhost:2381/health')).toContain('"health":"true"')
  await host.sh('mv /etc/kubernetes/manifests/kube-scheduler.yaml /tmp; systemctl stop kubelet')
  expect(await curl('localhost:10248/healthz')).toContain('(7) Failed to connect to localhost port 10248')
})

test('curl speaks TLS with other servers: it shows its certificate, and trusts --cacert alone', async () => {
  const host = hostOf(cluster(), 'master')
  const curl = async (line: string): Promise<string> => (await host.sh(`curl -s -S ${line}`)).terminal
  const client = '/etc/kubernetes/pki/apiserver-kubelet-client'
  const kubelet = 'https://10.0.0.11:10250/pods'
  expect(await curl(`-k ${kubelet}`)).toBe('Unauthorized')
  expect(await curl(`-k --cert ${client}.crt --key ${client}.key ${kubelet}`)).toContain('PodList')
  expect(await curl(`-k --cert none.crt ${kubelet}`)).toContain('(58) could not load PEM client certificate')
  expect(await curl(`-k --cert ${client}.key ${kubelet}`)).toContain('PEM routines::no start line')
  expect(await curl(kubelet)).toContain('(60) SSL certificate problem')
  host.cluster.kubectl('run web --image=nginx')
  host.cluster.settle()
  const { podIP } = host.cluster.get('pods', 'web').status ?? {}
  expect(await curl(`-k https://${podIP}:80`)).toContain('(35) error:0A00010B')
})

test('the machine and its Node name the same image, and less shows a whole file', async () => {
  const host = hostOf(cluster(), 'node-1')
  const { osImage } = host.cluster.get('nodes', 'node-1').status?.nodeInfo ?? {}
  expect(await host.sh('less /etc/os-release')).toMatchObject({
    stdout: `PRETTY_NAME="${osImage}"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n`,
  })
  expect((await host.sh('hostname | more')).stdout).toBe('node-1\n')
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
