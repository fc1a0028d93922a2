import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { Container } from '../../src/api/core/generated.js'

/** A cluster with a pod that has these parts. */
function clusterWith(container: Partial<Container>, spec: object = {}, annotations = {}): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.create('configmaps', {
    metadata: { name: 'many' },
    data: Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`K${at}`, 'v'])),
  })
  cluster.create('secrets', { metadata: { name: 'large' }, data: { a: 'QUFB'.repeat(200_000) } })
  const containers = [{ name: 'c', image: 'busybox', command: ['sleep', 'infinity'], ...container }]
  cluster.create('pods', { metadata: { name: 'a', annotations }, spec: { containers, ...spec } })
  cluster.settle()
  return cluster
}

const mounted = { volumeMounts: [{ name: 'v', mountPath: '/v' }] }

test('a volume of 5,000 files with the same annotations holds their text once', () => {
  const items = Array.from({ length: 5_000 }, (_, at) => ({
    path: `f${at}`,
    fieldRef: { fieldPath: 'metadata.annotations' },
  }))
  const volumes = [{ name: 'v', downwardAPI: { items } }]
  const cluster = clusterWith(mounted, { volumes }, { a: 'x'.repeat(240_000) })
  expect(cluster.exec('a', 'ls /v | wc -l').stdout.trim()).toBe('5000')
  expect(Number(cluster.exec('a', 'wc -c < /v/f4999').stdout)).toBeGreaterThan(240_000)
})

test('a volume with 3,000 sources decodes the Secret that they name once', () => {
  const sources = Array.from({ length: 3_000 }, (_, at) => ({
    secret: { name: 'large', items: [{ key: 'a', path: `f${at}` }] },
  }))
  const cluster = clusterWith(mounted, { volumes: [{ name: 'v', projected: { sources } }] })
  expect(cluster.exec('a', 'wc -c < /v/f2999').stdout.trim()).toBe('600000')
})

test('a container does not start with the variables of 100 prefixes of 30,000 keys', () => {
  const envFrom = Array.from({ length: 100 }, (_, at) => ({
    prefix: `P${at}_`,
    configMapRef: { name: 'many' },
  }))
  const cluster = clusterWith({ envFrom })
  expect(JSON.stringify(cluster.get('pods', 'a').status)).toContain('argument list too long')
})

test('builtins cost the same whatever the number of exported variables', () => {
  const cluster = clusterWith({})
  const script = 'i=0; while [ $i -lt 3000 ]; do export V$i=$i; i=$((i+1)); done; env | wc -l'
  const before = process.cpuUsage()
  const { stdout } = cluster.exec('a', ['sh', '-c', script])
  const { user, system } = process.cpuUsage(before)
  expect(Number(stdout)).toBeGreaterThan(3_000)
  // it took 4 s; what a busy machine adds is less
  expect((user + system) / 1e6).toBeLessThan(2.5)
})

test('3,000 columns that search 300 objects are refused', () => {
  const cluster = new SimCluster({ nodes: 0 })
  for (let at = 0; at < 300; at++) cluster.create('configmaps', { metadata: { name: `m${at}` } })
  const columns = Array.from({ length: 3_000 }, (_, at) => `C${at}:..name`).join(',')
  const { exitCode, stderr } = cluster.kubectl(['get', 'configmaps', '-o', `custom-columns=${columns}`])
  expect([exitCode, stderr]).toEqual([1, 'error: the table of columns takes more than 2000000 steps\n'])
})
