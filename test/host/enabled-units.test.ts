import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'

async function worker() {
  const cluster = new SimCluster({ like: 'kubeadm', nodes: 1 })
  const host = hostOf(cluster, 'node-1')
  const run = async (line: string): Promise<string> => (await host.sh(line)).terminal.trim()
  return { cluster, run }
}

test.each(['kubelet', 'containerd'])(
  'enable --now starts a service, disable --now stops it: %s',
  async (name) => {
    const { run } = await worker()
    const link = `/etc/systemd/system/multi-user.target.wants/${name}.service`
    expect(await run(`systemctl disable --now ${name}`)).toBe(`Removed "${link}".`)
    expect(await run(`systemctl is-active ${name}`)).toMatch(/^inactive/)
    expect(await run(`systemctl is-enabled ${name}; echo $?`)).toBe('disabled\n1')
    expect(await run(`systemctl status ${name}`)).toContain('service; disabled; preset: enabled)')
    expect(await run(`systemctl list-unit-files`)).toMatch(new RegExp(`${name}\\.service +disabled enabled`))
    expect(await run(`systemctl enable --now ${name}`)).toMatch(/^Created symlink/)
    expect(await run(`systemctl is-active ${name}; systemctl is-enabled ${name}`)).toBe('active\nenabled')
    // without --now what runs does not change, and a second time there is no link to make
    expect(await run(`systemctl disable ${name}; systemctl is-active ${name}`)).toContain('active')
    expect(await run(`systemctl enable ${name}; systemctl enable ${name}`)).toMatch(
      /^Created symlink \S+ → \S+$/,
    )
  },
)

test('a machine that boots starts the services that are enabled', async () => {
  const { cluster, run } = await worker()
  const isReady = (): string | undefined =>
    cluster.get('nodes', 'node-1').status.conditions?.find(({ type }) => type === 'Ready')?.status
  await run('systemctl stop kubelet; systemctl stop containerd; reboot')
  cluster.advance('2m')
  expect([await run('systemctl is-active kubelet'), isReady()]).toEqual(['active', 'True'])
  await run('systemctl disable kubelet; reboot')
  cluster.advance('2m')
  expect(await run('systemctl is-active kubelet')).toMatch(/^inactive/)
  expect(isReady()).toBe('Unknown')
  await run('systemctl enable --now kubelet')
  cluster.advance('1m')
  expect(isReady()).toBe('True')
})
