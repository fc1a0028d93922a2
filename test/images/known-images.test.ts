import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { defineImage, knownImage } from 'simcluster/images'

test('a known image is where one of your own begins', () => {
  const nginx = knownImage('docker.io/library/nginx:1.27')
  const own = defineImage({ ...nginx, name: 'registry.example.com/web', page: 'our page\n' })
  const cluster = new SimCluster({ nodes: 1, images: { web: own } })
  cluster.kubectl('run web --image=registry.example.com/web')
  cluster.kubectl('run client --image=busybox -- sleep 1h')
  cluster.settle()
  const { podIP } = cluster.get('pods', 'web').status
  expect(cluster.exec('client', `wget -qO- http://${podIP ?? ''}`).stdout).toBe('our page\n')
  expect(knownImage('registry.example.com/web')).toBe(undefined)
})

test('an image whose tag or registry says that it does not exist cannot be pulled', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const images = ['webserver:404', 'nginx:non-existent', 'registry.invalid/team/app:v1', 'nginx:1.404']
  for (const [index, image] of images.entries()) cluster.kubectl(`run p${index} --image=${image}`)
  cluster.settle()
  const waiting = images.map((_, index) => {
    const { state } = cluster.get('pods', `p${index}`).status.containerStatuses?.[0] ?? {}
    return state?.waiting?.reason ?? 'runs'
  })
  expect(waiting).toEqual([...Array<string>(3).fill('ErrImagePull'), 'runs'])
  const { message } = cluster.get('pods', 'p1').status.containerStatuses?.[0]?.state?.waiting ?? {}
  expect(message).toContain(
    'failed to resolve reference "docker.io/library/nginx:non-existent": ' +
      'docker.io/library/nginx:non-existent: not found',
  )
  expect(knownImage('registry.k8s.io/invalid-image:invalid-tag')?.pullError).toMatch(/: not found$/)
  expect(knownImage('registry.invalid/app:v1')?.pullError).toMatch(
    /: lookup registry\.invalid: no such host$/,
  )
})

test('a well-known server that is asked to stop exits with 0', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const ended = (image: string, command?: readonly string[]): object | undefined => {
    cluster.create('pods', {
      metadata: { name: 'server' },
      spec: {
        activeDeadlineSeconds: 5,
        containers: [{ name: 'server', image, ...(command === undefined ? {} : { command: [...command] }) }],
      },
    })
    cluster.advance('1m')
    const { exitCode, reason } =
      cluster.get('pods', 'server').status.containerStatuses?.[0]?.state?.terminated ?? {}
    cluster.delete('pods', 'server')
    return { exitCode, reason }
  }
  for (const image of [
    'nginx',
    'httpd:2.4',
    'redis',
    'postgres:17',
    'memcached',
    'registry.k8s.io/pause:3.10',
  ])
    expect(ended(image)).toEqual({ exitCode: 0, reason: 'Completed' })
  // the shell, as the first process of the container, ignores SIGTERM
  expect(ended('nginx', ['sh', '-c', 'sleep 1h'])).toEqual({ exitCode: 137, reason: 'Error' })
})
