import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { inlined } from '../../scripts/bundling.js'

const REGISTRY = 'https://registry.npmjs.org/'
const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>

test('what is bundled is a devDependency and nothing else', () => {
  const installed = Object.keys({ ...manifest['dependencies'], ...manifest['peerDependencies'] })
  expect(installed.filter((name) => inlined.includes(name))).toEqual([])
  expect(inlined.filter((name) => manifest['devDependencies']?.[name] === undefined)).toEqual([])
})

test('what is installed with the package, or is in it, has an exact version', () => {
  const versions = { ...manifest['dependencies'], ...manifest['devDependencies'] }
  const shipped = [...Object.keys(manifest['dependencies'] ?? {}), ...inlined]
  expect(shipped.filter((name) => !/^\d+\.\d+\.\d+$/.test(versions[name] ?? ''))).toEqual([])
})

test('actions are pinned by commit', () => {
  const workflows = readdirSync(`${root}.github/workflows`).map((file) => read(`.github/workflows/${file}`))
  const uses = workflows.flatMap((text) => [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action))
  expect(uses.length).toBeGreaterThan(1)
  expect(uses.filter((action) => !/^[\w./-]+@[0-9a-f]{40}$/.test(action ?? ''))).toEqual([])
})

test('images are pinned by digest', () => {
  const workflows = readdirSync(`${root}.github/workflows`).map((file) => read(`.github/workflows/${file}`))
  const images = [
    ...workflows.flatMap((text) => [...text.matchAll(/^\s*(?:container|image): (\S+)/gm)]),
    ...read('Dockerfile').matchAll(/^FROM (\S+)/gm),
  ].map(([, image]) => image ?? '')
  expect(images.length).toBeGreaterThan(2)
  expect(images.filter((image) => !/^[\w./:-]+@sha256:[0-9a-f]{64}$/.test(image))).toEqual([])
})

test('packages come from the registry, with their hashes', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; integrity?: string; inBundle?: true }>
  }
  const foreign = Object.entries(packages).filter(
    ([path, { resolved = REGISTRY, integrity = '', inBundle }]) =>
      path !== '' && inBundle !== true && !(resolved.startsWith(REGISTRY) && integrity.startsWith('sha512-')),
  )
  expect(foreign.map(([path]) => path)).toEqual([])
})

test('the job that may publish runs nothing of the repository or of other packages', () => {
  const text = read('.github/workflows/release.yml')
  const [build = '', publish = ''] = text.split(/^ {2}publish:$/m)
  expect(build).toContain('npm ci --ignore-scripts')
  expect(build).not.toMatch(/secrets\.|id-token: write/)
  expect(publish).toMatch(/id-token: write[^]*secrets\./)
  expect(publish).not.toMatch(/checkout|npm (?:ci|i|install|run|pack)\b|npx|container:/)
  expect([...publish.matchAll(/npm publish\b/g)]).toHaveLength(1)
  expect(publish).toMatch(/npm publish .*--ignore-scripts/)
})
