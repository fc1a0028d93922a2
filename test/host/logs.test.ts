import { expect, test } from 'vitest'
import { type Host, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 1, like: 'kubeadm' }).settle()
const out = async (host: Host, line: string): Promise<string> => (await host.sh(line)).stdout

test('tail -f prints the end of a file, and for a minute what is added', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  own.kubectl('create deployment web --image=nginx')
  const before = own.now()
  const shown = await out(host, 'tail -n 1 -f /var/log/kube-scheduler.log')
  expect(own.now() - before).toBe(60_000)
  expect(shown.split('\n')[1]).toContain('"Successfully bound pod to node" pod="default/web-')
  expect(
    await out(host, 'tail -Fn0 /var/log/kube-scheduler.log; tail --follow=name --lines=0 /etc/hostname'),
  ).toBe('')
  expect(await host.sh('tail -f /none')).toMatchObject({
    exitCode: 1,
    stderr: "tail: cannot open '/none' for reading: No such file or directory\ntail: no files remaining\n",
  })
})

test('tail counts lines and bytes from both ends, and heads several files', async () => {
  const host = hostOf(cluster(), 'master')
  await host.sh("seq 20 > n; printf 'no end' > e; mkdir d")
  const cases: readonly (readonly [line: string, text: string])[] = [
    ['tail n | head -1', '11\n'],
    ['tail -3 n', '18\n19\n20\n'],
    ['tail -n +19 n', '19\n20\n'],
    ['tail -n +19 -- n', '19\n20\n'],
    ['tail -n5 n | wc -l', '5\n'],
    ['tail -c 3 n', '20\n'],
    ['tail -c +4 e', 'end'],
    ['seq 3 | tail -n 1', '3\n'],
    ['tail -n 0 n', ''],
    ['tail -qn1 n e', '20\nno end'],
    ['tail -vn1 n', '==> n <==\n20\n'],
    ['tail -n 1 n e', '==> n <==\n20\n\n==> e <==\nno end'],
  ]
  for (const [line, text] of cases) expect([line, await out(host, line)]).toEqual([line, text])
  const said: string[] = []
  for (const line of ['tail -z n', 'tail --nosuch n', 'tail -n x n', 'tail -n x -- n', 'tail d'])
    said.push((await host.sh(line)).stderr)
  expect(said).toEqual([
    "tail: invalid option -- 'z'\nTry 'tail --help' for more information.\n",
    "tail: unrecognized option '--nosuch'\nTry 'tail --help' for more information.\n",
    "tail: invalid number of lines: 'x'\n",
    "tail: invalid number of lines: 'x'\n",
    "tail: error reading 'd': Is a directory\n",
  ])
})

test('journalctl selects by unit, time, priority, boot and text', async () => {
  const own = cluster()
  const host = hostOf(own, 'node-1')
  await host.sh('sleep 10m; systemctl stop kubelet; sleep 10m; systemctl start kubelet')
  const count = async (line: string): Promise<number> =>
    (await out(host, `journalctl -q ${line}`)).split('\n').length - 1
  const all = await count('-u kubelet')
  expect(await count('-u kubelet -u containerd')).toBe(all)
  expect(await count('-u kubelet.service --since "5 minutes ago"')).toBeGreaterThan(0)
  for (const since of [
    '-5m',
    '5min ago',
    '-300s',
    'today',
    'yesterday',
    '00:00',
    '2020-01-01',
    '2020-01-01 10:00:00',
    '@0',
  ])
    expect([since, await count(`-u kubelet -S '${since}' -U now`)]).toEqual([
      since,
      /5|300/.test(since) ? expect.any(Number) : all,
    ])
  expect(await count("-u kubelet --since '1h ago' --until '11min ago'")).toBeLessThan(all)
  expect(await count('-u kubelet --until 2020-01-01')).toBe(0)
  expect(await count('-u kubelet -g stopped')).toBe(1)
  expect(await count('-u kubelet -g STOPPED')).toBe(0)
  expect(await out(host, 'journalctl -xeu kubelet --no-pager -n1 -o cat')).toMatch(/^[IE]\d{4} /)
  expect(await out(host, 'journalctl -b -u kubelet -r | tail -1')).toBe(
    await out(host, 'journalctl -u kubelet | head -1'),
  )
  await host.sh('pkill -9 kubelet')
  expect(await out(host, 'journalctl -p warning -u kubelet -o cat')).toBe(
    "kubelet.service: Failed with result 'signal'.\n",
  )
  await host.sh('sleep 1m; reboot')
  expect(await count('-u kubelet -b -1')).toBeGreaterThan(all)
  expect(await count('-u kubelet -b')).toBeLessThan(all)
  expect(JSON.parse(await out(host, 'journalctl -n 1 -o json'))).toMatchObject({
    _HOSTNAME: 'node-1',
    PRIORITY: '6',
  })
})

test.each([
  ['--nosuch', "journalctl: unrecognized option '--nosuch'\n"],
  ['-Z', "journalctl: invalid option -- 'Z'\n"],
  ['--since bogus', 'Failed to parse timestamp: bogus\n'],
  ['-p loud', 'Unknown log level loud\n'],
  ['-o nosuch', "Unknown output format 'nosuch'.\n"],
  ['-b -3', 'Data from the specified boot (-3) is not available: No such boot ID in journal\n'],
  ['kubelet', "Failed to add match 'kubelet': Invalid argument\n"],
  ['-n few', "Failed to parse lines 'few'\n"],
])('journalctl %s is an error', async (options, text) => {
  expect(await hostOf(cluster(), 'node-1').sh(`journalctl ${options}`)).toMatchObject({
    exitCode: 1,
    stderr: text,
  })
})

test('dmesg and journalctl -k tell of containers that the kernel has killed', async () => {
  const own = cluster()
  const host = hostOf(own, 'node-1')
  own.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'hog' },
    spec: { containers: [{ name: 'c', image: 'nginx', resources: { limits: { memory: '100Mi' } } }] },
  })
  own.settle()
  own.node('node-1').setContainerUsage('hog', { memory: 2 ** 30 })
  own.settle()
  expect(await out(host, 'dmesg | grep -i oom; dmesg -T | grep "out of memory"')).toMatch(
    /^\[\w{3} \w{3} [^\]]+\] Memory cgroup out of memory: Killed process \d+ \(nginx\), UID 0, container c of pod hog\n$/,
  )
  expect(await out(host, 'journalctl -k -n 1 -o cat')).toContain('of pod hog')
})

test('timedatectl, hostnamectl, last and uptime agree with date and the Node object', async () => {
  const own = cluster()
  const host = hostOf(own, 'node-1')
  await host.sh('reboot; sleep 5m')
  expect(await out(host, 'timedatectl | head -1')).toContain(
    await out(host, "date '+%Y-%m-%d %H:%M:%S'").then((t) => t.trim()),
  )
  const { machineID, bootID = '' } = own.get('nodes', 'node-1').status.nodeInfo ?? {}
  expect(await out(host, 'hostnamectl')).toMatch(
    new RegExp(`Machine ID: ${machineID}\n +Boot ID: ${bootID.replaceAll('-', '')}\n`),
  )
  expect((await out(host, 'last reboot')).slice(50, 55)).toBe((await out(host, 'uptime -s')).slice(11, 16))
  expect((await host.sh('hostnamectl set-hostname x; timedatectl set-time 10:00')).stderr).toBe(
    'hostnamectl: the names of simulated machines are fixed\n' +
      'Failed to set time: Automatic time synchronization is enabled\n',
  )
})

test('the journal of a kubelet says of its pods what the real one says', async () => {
  const cluster = new SimCluster({ nodes: 1 })
  const node = hostOf(cluster, 'node-1')
  await node.sh('true')
  cluster.kubectl('run bad --image=nginx:404')
  cluster.kubectl('run crash --image=busybox -- sh -c "exit 1"')
  cluster.advance('1m')
  const { stdout } = await node.sh('journalctl -u kubelet -o cat')
  const { uid = '' } = cluster.get('pods', 'bad').metadata
  expect(stdout).toMatch(
    /^E0101 00:00:\d\d\.\d{6} +1012 log\.go:32\] "PullImage from image service failed" err="rpc error/m,
  )
  expect(stdout).toMatch(/kuberuntime_image\.go:43\] "Failed to pull image" err=".* image="nginx:404"$/m)
  expect(stdout).toMatch(
    new RegExp(
      `"Error syncing pod, skipping" err=".* with ErrImagePull: .* pod="default/bad" podUID="${uid}"`,
    ),
  )
  expect(stdout).toContain('with ImagePullBackOff: \\"Back-off pulling image')
  expect(stdout).toMatch(/with CrashLoopBackOff: \\"back-off \d+s restarting failed container=crash /)
  const times = Array.from(stdout.matchAll(/^[IE]0101 (\S+)/gm), ([, time = '']) => time)
  expect(times).toEqual(times.toSorted())
  const lines = stdout.split('\n').length
  expect((await node.sh('journalctl -u kubelet -o cat')).stdout.split('\n')).toHaveLength(lines)
  cluster.node('node-1').setSystemUsage({ memory: 32 * 1024 ** 3 })
  cluster.kubectl('run web --image=nginx')
  cluster.advance('1m')
  const { stdout: later } = await node.sh('journalctl -u kubelet -o cat')
  expect(later).toContain('"Eviction manager: attempting to reclaim" resourceName="memory"')
  expect(later).toMatch(/"Eviction manager: pod is evicted successfully" pod="default\/\w+"/)
})
