import { expect, test } from 'vitest'
import { type Host, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 2, like: 'kubeadm' }).settle()
const out = async (host: Host, line: string): Promise<string> => (await host.sh(line)).stdout

test('ss, netstat, lsof, pidof and ps agree on who listens', async () => {
  const host = hostOf(cluster(), 'master')
  const pid = (await out(host, 'pidof kube-apiserver')).trim()
  expect(await out(host, 'ss -tlnp sport :6443')).toContain(`users:(("kube-apiserver",pid=${pid},fd=3))`)
  expect(await out(host, 'netstat -tlnp | grep 6443')).toMatch(
    new RegExp(`^tcp6 +0 +0 :::6443 +:::\\* +LISTEN +${pid}/kube-apiserver *\n$`),
  )
  expect(await out(host, 'lsof -t -i :6443')).toBe(`${pid}\n`)
  expect(await out(host, 'lsof -nP -iTCP:6443 -sTCP:LISTEN')).toMatch(
    new RegExp(`^COMMAND[^\n]+\nkube-apis +${pid} root +3u +IPv6 +\\d+ +0t0 +TCP \\*:6443 \\(LISTEN\\)\n$`),
  )
  expect(await out(host, `ps -ef | awk '$2 == ${pid} {print $8}'`)).toBe('kube-apiserver\n')
  expect((await host.sh('lsof -i :81')).exitCode).toBe(1)
  expect(await out(host, 'ss -tln; ss -uln | wc -l; netstat -ulnp | wc -l')).toMatch(/:6443 [^]*\n1\n2\n$/)
  const said: string[] = []
  for (const line of ['ss -Z', 'netstat -Z', 'lsof', 'ss dst 10.0.0.1'])
    said.push((await host.sh(line)).stderr)
  expect(said).toEqual([
    "ss: invalid option -- 'Z'\n",
    "netstat: invalid option -- 'Z'\n",
    'lsof: only sockets are simulated. Write: lsof -i :6443\n',
    'ss: this filter is not simulated: dst. Write: ss -tlnp sport :6443\n',
  ])
})

test('telnet and traceroute reach what nc and ping reach', async () => {
  const own = cluster()
  const host = hostOf(own, 'node-1')
  own.kubectl(['run', 'web', '--image=nginx', '--overrides={"spec":{"nodeName":"node-2"}}'])
  own.settle()
  const ip = own.get('pods', 'web').status.podIP ?? ''
  expect(await host.sh('telnet control-plane 6443')).toMatchObject({
    stdout: "Trying 10.0.0.10...\nConnected to control-plane.\nEscape character is '^]'.\n",
    stderr: 'Connection closed by foreign host.\n',
  })
  expect((await host.sh('telnet node-2 81')).stderr).toBe(
    'telnet: Unable to connect to remote host: Connection refused\n',
  )
  expect((await host.sh('telnet web 80')).stderr).toContain('Name or service not known')
  expect(await out(host, `traceroute ${ip}`)).toMatch(
    new RegExp(
      `^traceroute to ${ip} [^\n]+\n 1  node-2 \\(10\\.0\\.0\\.12\\)  [^\n]+\n 2  ${ip} \\(${ip}\\)  `,
    ),
  )
  own.node('node-2').crash()
  expect((await out(host, 'traceroute -n node-2')).split('\n')[30]).toBe('30  * * *')
  expect(await out(host, 'ip neigh; arp -n')).toMatch(
    /10\.0\.0\.12 dev eth0 FAILED\n[^]*10\.0\.0\.12 +\(incomplete\)/,
  )
})

test('ip addr and arp have the same hardware address for a machine', async () => {
  const own = cluster()
  const mac = /link\/ether (\S+)/.exec(await out(hostOf(own, 'node-2'), 'ip addr show eth0'))?.[1] ?? 'none'
  expect(await out(hostOf(own, 'node-1'), 'arp -a')).toContain(`? (10.0.0.12) at ${mac} [ether] on eth0\n`)
})

test('wget prints or saves what curl gets, with its own exit codes', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  expect(await host.sh('wget -qO- --no-check-certificate https://10.0.0.10:6443/healthz')).toMatchObject({
    stdout: 'ok',
    stderr: '',
    exitCode: 0,
  })
  expect(
    await out(
      host,
      'wget -q --ca-certificate=/etc/kubernetes/pki/ca.crt https://10.0.0.10:6443/livez; cat livez',
    ),
  ).toBe('ok')
  const codes: number[] = []
  for (const line of [
    'https://10.0.0.10:6443/healthz',
    'http://nosuch',
    'http://node-1:81',
    '--no-check-certificate https://10.0.0.10:6443/api',
    '--nosuch http://node-1',
  ])
    codes.push((await host.sh(`wget -qO- ${line}`)).exitCode)
  expect(codes).toEqual([5, 4, 4, 8, 2])
  expect((await host.sh('wget http://node-1:81')).stderr).toMatch(
    /^--2\S+ \S+--  http:\/\/node-1:81\/\nConnecting to node-1 \(node-1\)\|10\.0\.0\.11\|:81\.\.\. failed: Connection refused\.\n$/,
  )
  expect((await host.sh('wget --no-check-certificate https://10.0.0.10:6443/api')).stderr).toMatch(
    /awaiting response\.\.\. 403 Forbidden\n.* ERROR 403: Forbidden\.\n$/,
  )
})

test('scp copies files and folders between machines', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  await host.sh(
    'mkdir -p d/e; echo 1 > d/a; echo 2 > d/e/b; chmod 600 d/a\n' +
      'scp -r d node-1:/tmp; scp d/a root@10.0.0.12:',
  )
  expect(
    await out(host, 'ssh node-1 "cat /tmp/d/a /tmp/d/e/b; stat -c %a /tmp/d/a"; ssh node-2 "cat a"'),
  ).toBe('1\n2\n600\n1\n')
  expect(
    await out(host, 'scp node-1:/etc/hostname node-2:/etc/hosts . && cat hostname hosts | head -1'),
  ).toBe('node-1\n')
  const said: string[] = []
  for (const line of [
    'scp x node-1:',
    'scp node-1:/x .',
    'scp d node-1:',
    'scp d/a node-9:',
    'scp d/a node-1:/no/a',
    'scp d',
  ])
    said.push((await host.sh(line)).stderr)
  expect(said).toEqual([
    'scp: stat local "x": No such file or directory\n',
    'scp: /x: No such file or directory\n',
    'scp: local "d" is not a regular file\n',
    'ssh: Could not resolve hostname node-9: Name or service not known\nscp: Connection closed\n',
    'scp: dest open "/no/a": No such file or directory\n',
    'usage: scp [-r] source ... target\n',
  ])
  own.node('node-1').crash()
  expect((await host.sh('scp d/a node-1:')).stderr).toContain('No route to host')
})
