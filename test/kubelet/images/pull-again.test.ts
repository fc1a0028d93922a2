import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'

test('a pod whose pull has ended starts, though another pod already pulls the image again', () => {
  const stuck: string[] = []
  for (let seed = 1; seed <= 150; seed += 1) {
    const cluster = new SimCluster({ nodes: 1, seed, time: { interleaving: 'seeded' } })
    const create = (name: string): unknown =>
      cluster.create('pods', {
        metadata: { name },
        spec: { containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'Always' }] },
      })
    create('first')
    // the sandbox of the second is ready at the instant at which the pull of the first ends
    cluster.advance('400ms')
    create('second')
    cluster.settle()
    for (const { metadata, status } of cluster.list('pods').items)
      if (status.phase !== 'Running') stuck.push(`seed ${seed}: ${metadata.name} is ${status.phase}`)
  }
  expect(stuck).toEqual([])
})
