import { expect, test } from 'vitest'
import { addMachine, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 2, like: 'kubeadm' }).settle()

const linesOf = async (own: SimCluster, machine: string, line: string): Promise<readonly string[]> =>
  (await hostOf(own, machine).sh(line)).stdout.split('\n')

test('uname says the name of the machine, and the kernel of its Node object', async () => {
  const own = new SimCluster({ nodes: [{ name: 'node-1' }] }).settle()
  const host = hostOf(own, 'node-1')
  const { kernelVersion } = own.get('nodes', 'node-1').status.nodeInfo ?? {}
  expect((await host.sh('uname')).stdout).toBe('Linux\n')
  expect((await host.sh('uname -r')).stdout).toBe(`${kernelVersion}\n`)
  expect((await host.sh('uname -nm; uname --nodename')).stdout).toBe('node-1 x86_64\nnode-1\n')
  expect((await host.sh('uname -a')).stdout).toBe(
    `Linux node-1 ${kernelVersion} #1 SMP PREEMPT_DYNAMIC x86_64 x86_64 x86_64 GNU/Linux\n`,
  )
})

test('ps lists the services of a machine, the programs of the control plane and the containers', async () => {
  const own = cluster()
  own.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: {
        nodeName: 'node-1',
        securityContext: { runAsUser: 1000 },
        containers: [
          {
            name: 'c',
            image: 'busybox',
            command: ['sleep', '$(TIME)'],
            env: [{ name: 'TIME', value: '9999' }],
          },
        ],
      },
    },
  ])
  own.settle()
  expect(await linesOf(own, 'node-1', 'ps aux')).toContainEqual(
    expect.stringMatching(/^1000 +\d+ .* sleep 9999$/),
  )
  expect((await linesOf(own, 'node-2', 'ps aux')).join('\n')).not.toContain('sleep 9999')
  const master = (await linesOf(own, 'master', 'ps -ef')).join('\n')
  for (const program of ['etcd --', 'kube-apiserver --', 'kube-scheduler --', '/usr/bin/kubelet --'])
    expect(master).toContain(` ${program}`)
  expect((await linesOf(own, 'node-1', 'ps aux')).join('\n')).not.toContain('kube-apiserver')
  expect(await linesOf(own, 'node-1', "ps -ef | awk '{print $2}' | sort -n | uniq -d")).toEqual([''])
  expect((await linesOf(own, 'node-1', 'ps')).filter((line) => line !== '')).toHaveLength(3)
})

test('what is stopped is no process any more, and the number of a container stays', async () => {
  const own = cluster()
  const master = hostOf(own, 'master')
  const before = (await master.sh('ps -ef | grep [k]ube-scheduler')).stdout
  await master.sh('mv /etc/kubernetes/manifests/kube-controller-manager.yaml /tmp; sleep 20')
  const after = (await master.sh('ps -ef | grep [k]ube-')).stdout
  expect(after).toContain(before)
  expect(after).not.toContain('kube-controller-manager --')
  const node = hostOf(own, 'node-1')
  await node.sh('systemctl stop kubelet')
  expect((await node.sh('ps aux')).stdout).not.toContain('/usr/bin/kubelet')
  expect((await node.sh('ps aux')).stdout).toContain('kube-proxy')
})

test('free and top measure the memory of the Node object, and what containers take of it', async () => {
  const own = new SimCluster({ nodes: [{ name: 'node-1', capacity: { memory: '8Gi' } }] }).settle()
  own.kubectl('run hungry --image=hungry')
  own.settle()
  const used = async (): Promise<number> =>
    Number((await hostOf(own, 'node-1').sh("free -m | awk '/Mem/ {print $3}'")).stdout)
  const before = await used()
  const { uid = '' } = own.get('pods', 'hungry').metadata
  own.node('node-1').machine.setUsage(uid, 'hungry', { cpu: 0.5, memory: 2 * 1024 ** 3 })
  expect((await hostOf(own, 'node-1').sh("free -m | awk '/Mem/ {print $2}'")).stdout).toBe('8192\n')
  expect((await used()) - before).toBe(2040)
  expect((await hostOf(own, 'node-1').sh('free -h')).stdout).toMatch(/^Mem: +8\.0Gi .*\nSwap: +0B/m)
  const top = (await hostOf(own, 'node-1').sh('top -b -n1')).stdout
  expect(top).toContain('MiB Mem :   8192.0 total')
  // the busiest comes first
  expect(top.split('\n')[7]).toMatch(/ 50\.0 +25\.0 .*hungry$/)
})

test('a machine that has not joined has its own memory, and no kubelet', async () => {
  const own = cluster()
  const machine = addMachine(own, 'node-9', { capacity: { memory: '4Gi' } })
  expect((await machine.sh("free -m | awk '/Mem/ {print $2}'")).stdout).toBe('4096\n')
  expect((await machine.sh('ps -e')).stdout.match(/[a-z-]+$/gm)).toEqual([
    'init',
    'containerd',
    'sshd',
    'bash',
    'ps',
  ])
})

test('uptime counts from the last boot', async () => {
  const own = cluster()
  own.advance('1d')
  own.advance('3h')
  expect((await hostOf(own, 'node-1').sh('uptime')).stdout).toMatch(
    / up 1 day, {2}3:00, {2}1 user, {2}load average/,
  )
  own.advance('6d')
  own.advance('1m')
  expect((await hostOf(own, 'node-1').sh('uptime -p')).stdout).toBe('up 1 week, 3 hours, 1 minute\n')
  own.node('node-1').reboot()
  expect((await hostOf(own, 'node-1').sh('uptime --pretty')).stdout).toBe('up 0 minutes\n')
  own.advance('5m')
  expect((await hostOf(own, 'node-1').sh('uptime')).stdout).toContain(' up 5 min, ')
  expect((await hostOf(own.fork(), 'node-1').sh('uptime')).stdout).toContain(' up 5 min, ')
  expect((await hostOf(own, 'node-2').sh('uptime -s')).stdout).toBe('2026-01-01 00:00:00\n')
})

test('nobody has asked for what a machine reads of its cluster', async () => {
  const own = cluster()
  // kubeadm's own objects are written when a machine is first used
  await hostOf(own, 'node-1').sh('hostname')
  const users = new Set<string>()
  const copy = own.fork()
  copy.on('audit', ({ user }) => users.add(user.username))
  await hostOf(copy, 'node-1').sh('ps aux')
  expect([...users]).toEqual(['system:kube-proxy'])
})

test.each([
  ['uname -x', "uname: invalid option -- 'x'"],
  ['uname --nosuch', "uname: unrecognized option '--nosuch'"],
  ['uname node-1', "uname: extra operand 'node-1'"],
  ['free -y', "free: invalid option -- 'y'"],
  ['uptime -z', "uptime: invalid option -- 'z'"],
  ['ps -Q', 'error: unsupported option'],
  ['top', 'Write: top -b -n 1'],
])('%s is refused as %s', async (line, text) => {
  const { exitCode, stdout, stderr } = await hostOf(cluster(), 'node-1').sh(line)
  expect([exitCode, stdout]).toEqual([1, ''])
  expect(stderr).toContain(text)
})
