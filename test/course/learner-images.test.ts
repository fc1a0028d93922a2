import { LESSONS, openDesk } from 'simcluster/lessons'
import { expect, test } from 'vitest'
import { fullImageName } from '../../src/api/core/pods/image-name.js'
import { readCourse } from '../../src/cli/course/read.js'
import { VERSIONS } from '../../src/course/chapter.js'
import { startCluster } from '../../src/course/start.js'
import { knownImage } from '../../src/images/known-images.js'
import type { SimCluster } from '../../src/index.js'

/** Creates a pod with an image, and returns what its container waits for; undefined if it runs. */
function waitsFor(cluster: SimCluster, image: string): string | undefined {
  expect(cluster.kubectl(`run typed --image=${image}`).exitCode).toBe(0)
  cluster.advance('5s')
  return cluster.get('pods', 'typed').status.containerStatuses?.[0]?.state?.waiting?.reason
}

const chapters = VERSIONS.flatMap((version) => readCourse(version))

test.each(chapters)('in chapter $number at $version, a misspelt image cannot be pulled', ({ start }) => {
  const cluster = startCluster({ ...start, manifests: [], age: '1s' })
  expect(waitsFor(cluster, 'ngnix:nope')).toMatch(/^(ErrImagePull|ImagePullBackOff)$/)
})

test('in a lesson, a misspelt image cannot be pulled, and a known one runs', async () => {
  const lesson = LESSONS.find(({ id }) => id === 'dns-policy')
  if (lesson === undefined) throw new Error('assertion failed: no such lesson')
  const { cluster } = await openDesk(lesson)
  expect(waitsFor(cluster.fork(), 'my-own-app')).toMatch(/^(ErrImagePull|ImagePullBackOff)$/)
  expect(waitsFor(cluster.fork(), 'nginx')).toBeUndefined()
})

/** Images that a chapter or a lesson misspells on purpose. */
const MISSPELT = ['ngnix:latest']

test.each(chapters)(
  'chapter $number at $version describes every image that it names',
  ({ start, sections }) => {
    const text = JSON.stringify([start.manifests, sections])
    const named = Array.from(
      text.matchAll(/(?:\bimage: *(?:\\")?|--image[= ])([a-z0-9][^\s"',}\]\\`]*)/g),
      ([, name = '']) => name,
    )
    const own = Object.keys(start.cluster.images ?? {})
    const unknown = named.filter((name) => {
      const known = knownImage(fullImageName(name))
      return (known === undefined || 'pullError' in known) && !own.includes(name) && !MISSPELT.includes(name)
    })
    expect(unknown).toEqual([])
  },
)
