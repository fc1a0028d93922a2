import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { type Host, hostOf } from '../../src/host/index.js'
import { systemdAge } from '../../src/host/machine/texts.js'

const newHost = (version = 'v1.35'): Host =>
  hostOf(new SimCluster({ version, nodes: 1, like: 'kubeadm' }).settle(), 'control-plane')
const out = async (line: string, host = newHost()): Promise<string> => (await host.sh(line)).terminal

describe('systemctl cat', () => {
  test('prints the unit and its drop-ins, as they are now', async () => {
    const host = newHost()
    const shown = await out('systemctl cat kubelet', host)
    expect(shown).toMatch(/^# \/usr\/lib\/systemd\/system\/kubelet.service\n\[Unit\]\nDescription=kubelet: /)
    expect(shown).toContain('\n# /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf\n')
    expect(shown).toContain('EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env')
    await host.sh('mkdir -p /etc/systemd/system/kubelet.service.d')
    await host.sh("printf '[Service]\\nNice=5\\n' > /etc/systemd/system/kubelet.service.d/20-own.conf")
    expect(await out('systemctl cat kubelet.service | tail -3', host)).toBe(
      '# /etc/systemd/system/kubelet.service.d/20-own.conf\n[Service]\nNice=5\n',
    )
    expect(await out('systemctl cat containerd')).toContain('ExecStart=/usr/bin/containerd\n')
    expect(await out('systemctl cat nothing; echo $?')).toBe('No files found for nothing.service.\n1\n')
  })
})

describe('systemctl status', () => {
  test('names the drop-ins where they are, the manual, and the age as systemd does', async () => {
    const host = newHost()
    host.cluster.advance('7m')
    const drop =
      'mkdir -p /etc/systemd/system/kubelet.service.d; touch /etc/systemd/system/kubelet.service.d/a.conf'
    const shown = await out(`${drop}; systemctl restart kubelet; sleep 420; systemctl status kubelet`, host)
    expect(shown).toContain(
      '    Drop-In: /usr/lib/systemd/system/kubelet.service.d\n             └─10-kubeadm.conf\n' +
        '             /etc/systemd/system/kubelet.service.d\n             └─a.conf\n     Active: ',
    )
    expect(shown).toMatch(/; 7min ago\n {7}Docs: https:\/\/kubernetes\.io\/docs\/\n {3}Main PID: /)
    expect(await out('cat /usr/lib/systemd/system/kubelet.service /etc/default/kubelet')).toMatch(
      /WantedBy=multi-user\.target\nKUBELET_EXTRA_ARGS=\n$/,
    )
    expect(await out('systemctl cat kubelet', newHost('v1.14'))).toContain(
      '\n# /etc/systemd/system/kubelet.service.d/10-kubeadm.conf\n',
    )
  })

  test.each([
    [0, '1ms'],
    [2_000, '2s'],
    [64_000, '1min 4s'],
    [420_000, '7min'],
    [5_400_000, '1h 30min'],
    [90_000_000, '1 day 1h'],
    [200_000_000, '2 days'],
  ])('%s ms are %s', (ms, age) => {
    expect(systemdAge(ms)).toBe(age)
  })
})

describe('ps --sort', () => {
  const column = (table: string, at: number): readonly number[] =>
    table
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.trim().split(/\s+/)[at]))

  test.each([
    ['ps aux --sort=-%mem', 5, -1],
    ['ps aux --sort -rss', 5, -1],
    ['ps aux --sort=%cpu', 2, 1],
    ['ps -ef --sort=-pid', 1, -1],
    ['ps -ef --sort=ppid,-pid', 2, 1],
  ])('%s', async (line, at, sign) => {
    const found = column(await out(line), at)
    expect(found.length).toBeGreaterThan(5)
    expect(found).toEqual(found.toSorted((a, b) => sign * (a - b)))
  })

  test('refuses a key that there is not', async () => {
    expect(await out('ps aux --sort=size_of_hat')).toMatch(/^error: unknown sort specifier\n/)
  })
})

test('the metrics of an apiserver have its feature gates since v1.26', async () => {
  const line =
    'kubectl get --raw /metrics | grep -E "^kubernetes_feature_enabled.name=.(MemoryQoS|KMSv1|NodeSwap)"'
  expect((await out(line)).split('\n').toSorted()).toEqual([
    '',
    'kubernetes_feature_enabled{name="KMSv1",stage="DEPRECATED"} 0',
    'kubernetes_feature_enabled{name="MemoryQoS",stage="ALPHA"} 0',
    'kubernetes_feature_enabled{name="NodeSwap",stage=""} 1',
  ])
  expect(await out(line, newHost('v1.25'))).toBe('')
})

test('etcdctl endpoint health --cluster asks the member at its own address, also as a table', async () => {
  const pki = '/etc/kubernetes/pki/etcd'
  const flags = `--cacert ${pki}/ca.crt --cert ${pki}/server.crt --key ${pki}/server.key`
  expect(await out(`etcdctl ${flags} endpoint health --cluster`)).toMatch(
    /^https:\/\/10\.0\.0\.10:2379 is healthy: successfully committed proposal: took = /,
  )
  expect(await out(`etcdctl ${flags} endpoint health --cluster -w table`)).toMatch(
    /\| +ENDPOINT +\| HEALTH \| +TOOK +\| ERROR \|\n.*\n\| https:\/\/10\.0\.0\.10:2379 \| true +\| 1\.5ms \|/,
  )
})

test('the kubelet logs that the network plugin is gone', async () => {
  const node = hostOf(newHost().cluster, 'node-1')
  expect(await out('rm /etc/cni/net.d/*; sleep 5; journalctl -u kubelet -n 1 -o cat', node)).toContain(
    '"Container runtime network not ready" networkReady="NetworkReady=false reason:NetworkPluginNotReady',
  )
})
