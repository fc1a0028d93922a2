import { expect, test } from 'vitest'
import { type ClusterOptions, SimCluster } from '../../../src/index.js'

type Images = NonNullable<ClusterOptions['images']>

/** Two entries that say only that the image is there. */
const ENTRIES: readonly Images[string][] = [{}, { name: 'app:1' }]

/** Returns the status column of a pod of an image with a declared port, and whether it listens there. */
function run(images: Images, image: string, options: ClusterOptions = {}): readonly [string, string] {
  const cluster = new SimCluster({ nodes: 1, images, ...options })
  const ports = [{ containerPort: 8080 }]
  cluster.create('pods', { metadata: { name: 'a' }, spec: { containers: [{ name: 'a', image, ports }] } })
  cluster.settle()
  const [, , status = ''] = cluster.kubectl('get pod a --no-headers').stdout.split(/\s+/)
  const outcome =
    status === 'Running'
      ? cluster.network.connect({ from: { node: 'node-1' }, to: 'default/a', port: 8080 }).outcome
      : ''
  return [status, outcome]
}

test('an empty entry describes an image as a definition with a name alone does', () => {
  for (const entry of ENTRIES) {
    const images: Images = { 'app:1': entry }
    expect(run(images, 'app:1')).toEqual(['Running', 'connected'])
    for (const unknownImages of ['error', 'pullError'] as const)
      expect(run(images, 'app:1', { containers: { unknownImages } })).toEqual(['Running', 'connected'])
  }
  expect(run({}, 'app:1', { containers: { unknownImages: 'pullError' } })[0]).toBe('ErrImagePull')
})

test('an image with a simple behaviour is described, whatever it says', () => {
  const containers = { unknownImages: 'pullError' } as const
  expect(run({ app: { cpu: 0.5 } }, 'app:1', { containers })).toEqual(['Running', 'connected'])
})

test('a simple behaviour without a tag holds for all tags and digests', () => {
  for (const image of ['app', 'app:1', 'docker.io/library/app:2', `app@sha256:${'a'.repeat(64)}`])
    expect(run({ app: { pullError: 'denied' } }, image)[0]).toBe('ErrImagePull')
  expect(run({ app: { pullError: 'denied' } }, 'team/app')[0]).toBe('Running')
  expect(run({ 'quay.io/team/app': { pullError: 'denied' } }, 'quay.io/team/app:7')[0]).toBe('ErrImagePull')
})

test('a tag with an entry of its own has none of what holds for the other tags', () => {
  for (const entry of ENTRIES) {
    const images: Images = { app: { pullError: 'denied' }, 'app:1': entry }
    expect(run(images, 'app:1')[0]).toBe('Running')
    expect(run(images, 'app:2')[0]).toBe('ErrImagePull')
  }
})
