import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

test('/proc/1/status names the program that the container was started with', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const containers = [
    { name: 'own', image: 'busybox', command: ['/bin/sleep', '1h'] },
    { name: 'arguments', image: 'busybox', args: ['tail', '-f', '/dev/null'] },
    { name: 'image', image: 'nginx' },
  ]
  cluster.create('pods', { metadata: { name: 'p', namespace: 'default' }, spec: { containers } })
  cluster.settle()
  const names = containers.map(
    ({ name }) => cluster.exec('p', ['grep', 'Name', '/proc/1/status'], { container: name }).stdout,
  )
  expect(names.slice(0, 2)).toEqual(['Name:\tsleep\n', 'Name:\ttail\n'])
  expect(names[2]).toMatch(/nginx|docker-entrypoi/)
})
