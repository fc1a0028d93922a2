import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { serve } from 'simcluster/server'
import { writePrivateFile } from '../../src/disk/private-file.js'
import { temporaryFolder } from '../../src/disk/temporary-folder.js'
import { typed } from '../cli/typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-private-'))
afterAll(() => rmSync(folder, { recursive: true }))

const modeOf = (path: string): number => statSync(path).mode & 0o777

/** A file that everybody can read. */
function open(name: string): string {
  const path = join(folder, name)
  writeFileSync(path, 'old and longer than what comes')
  chmodSync(path, 0o644)
  return path
}

test('a private file is for its owner, whether it existed or not', () => {
  for (const path of [join(folder, 'new'), open('old')]) {
    writePrivateFile(path, 'data')
    expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual([0o600, 'data'])
  }
  expect(() => writePrivateFile('/dev/null', 'data')).not.toThrow()
})

test('what holds keys or Secrets is written so: kubeconfigs, credentials, snapshots', async () => {
  const server = await serve(new SimCluster({ nodes: 0 }), { etcd: {} })
  try {
    const kubeconfig = open('kubeconfig')
    server.writeKubeconfig(kubeconfig)
    const key = open('client.key')
    server.etcd?.writeCredentials(folder)
    const snapshot = open('snapshot')
    expect(await typed('snapshot', snapshot, '--kubeconfig', kubeconfig)).toMatchObject({ code: 0 })
    rmSync(open('cluster'))
    const kept = join(folder, 'cluster')
    expect((await typed('kubectl', '--snapshot', kept, 'get', 'nodes')).code).toBe(0)
    chmodSync(kept, 0o644)
    expect((await typed('kubectl', '--snapshot', kept, 'get', 'nodes')).code).toBe(0)
    expect([kubeconfig, key, snapshot, kept].map(modeOf)).toEqual([0o600, 0o600, 0o600, 0o600])
  } finally {
    await server.close()
  }
})

test('a temporary folder is for its owner, and removed once', () => {
  const { path, remove } = temporaryFolder('simcluster-test')
  expect(modeOf(path)).toBe(0o700)
  remove()
  remove()
  expect(existsSync(path)).toBe(false)
})
