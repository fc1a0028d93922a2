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
