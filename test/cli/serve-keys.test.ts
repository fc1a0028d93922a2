import { afterEach, expect, test } from 'vitest'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkServing, type Serving, servedCluster, startServing } from '../../src/cli/serving.js'
import { temporaryFolder } from '../../src/disk/temporary-folder.js'
import { isPublishedKey } from '../../src/pki/index.js'

let serving: Serving | undefined
afterEach(async () => {
  await serving?.close()
  serving = undefined
})

/** Serves as `simcluster serve` does. Returns what it prints, and whether its keys are published. */
async function served(
  flags: Readonly<Record<string, string | true>>,
): Promise<{ isPublished: boolean; err: string }> {
  const { cluster, time } = servedCluster({ nodes: '0', ...flags }, 'virtual')
  let err = ''
  serving = await startServing(
    cluster,
    { flags: { nodes: '0', ...flags }, time },
    { out: () => undefined, err: (text) => void (err += text) },
  )
  return { isPublished: isPublishedKey(cluster.pki.read('/etc/kubernetes/pki/ca.key')), err }
}

test('a cluster that others reach has keys of its own', async () => {
  expect(await served({ host: '0.0.0.0' })).toEqual({ isPublished: false, err: '' })
})

test.each([{}, { host: '127.0.0.1' }, { host: 'localhost' }])(
  'a cluster on this machine only has the published keys: %j',
  async (flags) => {
    expect(await served(flags)).toEqual({ isPublished: true, err: '' })
  },
)

test('--published-keys keeps the published keys for others, and names the risk', async () => {
  const { isPublished, err } = await served({ host: '0.0.0.0', 'published-keys': true })
  expect(isPublished).toBe(true)
  expect(err).toMatch(/private keys of this cluster are published .* whoever has them .* administrator/)
})

test('--pki writes what real components need, and --without leaves out the simulated ones', async () => {
  const files = temporaryFolder('serve-keys')
  const flags = { pki: join(files.path, 'kubernetes'), without: 'kube-controller-manager,kube-scheduler' }
  await checkServing(flags)
  const { cluster, time } = servedCluster({ nodes: '1', ...flags }, 'virtual')
  serving = await startServing(cluster, { flags, time }, { out: () => undefined, err: () => undefined })
  expect(readdirSync(flags.pki)).toContain('controller-manager.conf')
  expect(() => cluster.component('kube-scheduler')).toThrow(/kube-scheduler/)
  // it may be written again, since simcluster wrote it
  await checkServing(flags)
  writeFileSync(join(files.path, 'other'), '')
  await expect(checkServing({ pki: files.path })).rejects.toThrow(
    `--pki ${files.path}: ${files.path} has files that simcluster did not write`,
  )
  files.remove()
})

test('--without names a component that there is', () => {
  expect(() => servedCluster({ without: 'kube-shedule' }, 'virtual')).toThrow(/kube-shedule/)
})
