import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))

test('holds the build and the papers, and nothing else', () => {
  const packed = inject('packed')
  for (const paper of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'])
    expect(packed).toContain(paper)
  expect(
    packed
      .filter((path) => path.includes('/'))
      .filter((path) => !/^dist\/(.+\.(js|d\.ts)|node\/[^/]+\.cjs|THIRD-PARTY-LICENCES\.txt)$/.test(path)),
  ).toEqual([])
})

test('every export has its types and its code in the tarball', () => {
  const text = readFileSync(join(inject('consumer'), 'node_modules/simcluster/package.json'), 'utf8')
  const { exports } = JSON.parse(text) as {
    exports: Record<string, string | Record<'types' | 'node' | 'default', string>>
  }
  const targets = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : [entry.types, entry.node, entry.default],
  )
  expect(targets.length).toBeGreaterThan(1)
  for (const target of targets) expect(inject('packed')).toContain(target.replace('./', ''))
})

test.each(['nodenext', 'bundler'])(
  'a consumer with strict settings and moduleResolution %s compiles',
  (resolution) => {
    const source = `
    import { SimCluster } from 'simcluster'
    const cluster = new SimCluster({ nodes: 3, seed: 7 })
    cluster.settle()
    export const names: readonly (string | undefined)[] = cluster.list('pods').items.map((pod) => pod.metadata.name)
  `
    writeFileSync(join(inject('consumer'), `${resolution}.ts`), source)
    const kind = resolution === 'bundler' ? 'esnext' : resolution
    const options = [
      '--noEmit',
      '--strict',
      '--target',
      'es2023',
      '--lib',
      'es2023,esnext.disposable,dom',
      '--types',
      '',
    ]
    const args = [...options, '--module', kind, '--moduleResolution', resolution, `${resolution}.ts`]
    expect(execFileSync(tsc, args, { cwd: inject('consumer'), encoding: 'utf8' })).toBe('')
  },
)
