import { expect, test } from 'vitest'
import { hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 2, like: 'kubeadm' }).settle()

test('sysctl reads and sets kernel parameters, and a reboot reads /etc/sysctl.d', async () => {
  const host = hostOf(cluster(), 'node-1')
  expect((await host.sh('sysctl net.ipv4.ip_forward vm.swappiness')).stdout).toBe(
    'net.ipv4.ip_forward = 1\nvm.swappiness = 60\n',
  )
  expect((await host.sh('sysctl -w net.ipv4.ip_forward=0; cat /proc/sys/net/ipv4/ip_forward')).stdout).toBe(
    'net.ipv4.ip_forward = 0\n0\n',
  )
  expect(
    (await host.sh('echo 1 > /proc/sys/net/ipv4/ip_forward; sysctl -n net/ipv4/ip_forward')).stdout,
  ).toBe('1\n')
  expect(await host.sh('sysctl no.such')).toMatchObject({
    exitCode: 1,
    stderr: 'sysctl: cannot stat /proc/sys/no/such: No such file or directory\n',
  })
  expect((await host.sh('sysctl -w vm.swappiness=much')).stderr).toContain('Invalid argument')
  expect((await host.sh('sysctl -w vm.swappiness')).stderr).toContain('must be of the form name=value')
  expect((await host.sh('sysctl -p')).stderr).toContain('cannot open "/etc/sysctl.conf"')
  await host.sh('echo "vm.swappiness = 10" > /etc/sysctl.d/swap.conf; sysctl -w kernel.panic=3; reboot')
  expect((await host.sh('sysctl -n vm.swappiness kernel.panic net.ipv4.ip_forward')).stdout).toBe(
    '10\n10\n1\n',
  )
  await host.sh('rm /etc/sysctl.d/k8s.conf; reboot')
  expect((await host.sh('sysctl -n net.ipv4.ip_forward')).stdout).toBe('0\n')
  expect((await host.sh('sysctl --system; sysctl -a | wc -l')).stdout).toMatch(
    /^\* Applying \/etc\/sysctl\.d\/swap\.conf \.\.\.\nvm\.swappiness = 10\n\d\d\n$/,
  )
})

test('the parameters of the bridge exist while its module is loaded', async () => {
  const host = hostOf(cluster(), 'node-1')
  const name = 'net.bridge.bridge-nf-call-iptables'
  expect((await host.sh(`lsmod | grep -c br_netfilter; sysctl ${name}`)).stdout).toBe(`1\n${name} = 1\n`)
  expect((await host.sh(`modprobe -r br_netfilter; sysctl ${name}`)).stderr).toContain('cannot stat')
  expect((await host.sh(`modprobe br-netfilter && sysctl -n ${name}`)).stdout).toBe('1\n')
  expect((await host.sh('modprobe nosuch')).stderr).toMatch(
    /^modprobe: FATAL: Module nosuch not found in directory \/lib\/modules\/6\./,
  )
})

test('swap stops a starting kubelet, and free, lsblk, swapon and /proc/swaps agree', async () => {
  const own = cluster()
  const host = hostOf(own, 'node-1')
  expect((await host.sh('swapon --show; swapoff -a')).terminal).toBe('')
  await host.sh('swapon /dev/vda2; systemctl restart kubelet')
  expect((await host.sh('free -m | grep Swap')).stdout).toMatch(/^Swap: +2048 +0 +2048\n$/)
  expect((await host.sh('lsblk; swapon --show; cat /proc/swaps; top -b -n 1')).stdout).toMatch(
    /vda2 .*\[SWAP\]\n[^]*\/dev\/vda2 partition +2G[^]*\/dev\/vda2 [^]*2097152[^]*MiB Swap: +2048\.0 total/,
  )
  expect((await host.sh('systemctl is-active kubelet')).stdout).toBe('activating\n')
  expect((await host.sh('journalctl -u kubelet -n 3')).stdout).toContain(
    'running with swap on is not supported',
  )
  own.advance('2m')
  expect(own.node('node-1').ready).toBe(false)
  await host.sh('swapoff -a')
  expect((await host.sh('systemctl is-active kubelet; free | grep Swap')).stdout).toMatch(
    /^active\nSwap: +0 /,
  )
  own.advance('1m')
  expect(own.node('node-1').ready).toBe(true)
  expect((await host.sh('swapon /dev/vdb')).stderr).toBe(
    'swapon: cannot open /dev/vdb: No such file or directory\n',
  )
})

test('a kubelet that tolerates swap starts with it, and /etc/fstab turns it on at boot', async () => {
  const host = hostOf(cluster(), 'node-1')
  await host.sh(
    "sed -i 's/^#//' /etc/fstab; echo 'failSwapOn: false' >> /var/lib/kubelet/config.yaml; reboot",
  )
  expect((await host.sh('swapon --show | wc -l; systemctl is-active kubelet')).stdout).toBe('2\nactive\n')
  await host.sh("sed -i '/failSwapOn/d' /var/lib/kubelet/config.yaml; reboot")
  expect((await host.sh('systemctl is-active kubelet')).stdout).toBe('activating\n')
})

test.each([
  ['v1.35', 0, 'WARNING Swap]: swap is supported for cgroup v2 only. The kubelet must be'],
  ['v1.30', 0, 'WARNING Swap]: swap is supported for cgroup v2 only; the NodeSwap feature gate'],
  ['v1.25', 0, 'WARNING Swap]: swap is enabled; production deployments should disable swap'],
  ['v1.20', 1, 'ERROR Swap]: running with swap on is not supported. Please disable swap'],
])('kubeadm of %s exits with %i on swap', async (version, code, text) => {
  const own = new SimCluster({ version, kubeadm: { init: false }, nodes: 0 })
  const { terminal, exitCode } = await hostOf(own, 'master').sh('swapon /dev/vda2; kubeadm init --dry-run')
  expect(terminal).toContain(text)
  if (code === 1) expect(exitCode).toBe(1)
})

test('kubeadm before 1.30 wants the bridge, and all want forwarding', async () => {
  const init = async (version: string, line: string): Promise<string> =>
    (
      await hostOf(new SimCluster({ version, kubeadm: { init: false }, nodes: 0 }), 'master').sh(
        `${line}; kubeadm init`,
      )
    ).terminal
  expect(await init('v1.29', 'modprobe -r br_netfilter')).toContain(
    'bridge-nf-call-iptables]: /proc/sys/net/bridge/bridge-nf-call-iptables does not exist',
  )
  expect(await init('v1.35', 'modprobe -r br_netfilter')).not.toContain('bridge-nf-call')
  expect(await init('v1.35', 'sysctl -w net.ipv4.ip_forward=0')).toContain(
    '/proc/sys/net/ipv4/ip_forward contents are not set to 1',
  )
})

test('nproc, lscpu and /proc/cpuinfo say what the Node object says', async () => {
  const own = new SimCluster({ nodes: [{ name: 'big', capacity: { cpu: '16', memory: '64Gi' } }] }).settle()
  const host = hostOf(own, 'big')
  const { stdout } = await host.sh(
    "nproc; lscpu | grep '^CPU(s)'; grep -c ^processor /proc/cpuinfo; free -g | grep Mem",
  )
  expect(stdout).toMatch(/^16\nCPU\(s\): +16\n16\nMem: +64 /)
})
