import { expect, test } from 'vitest'
import { CronJobSync } from '../../../src/controllers/cronjob/sync.js'
import { SimCluster } from '../../../src/index.js'

const key = { namespace: 'default', name: 'c' }

test('a sync that learns of a job from a newer CronJob starts the next, but cannot write the status', () => {
  const controllers = ['cronjob-controller', 'job-controller']
  const cluster = new SimCluster({ disable: controllers.map((name) => `kube-controller-manager/${name}`) })
  const { client } = cluster
  const template = { spec: { restartPolicy: 'Never' as const, containers: [{ name: 'c', image: 'i' }] } }
  const known = cluster.create('cronjobs', {
    metadata: key,
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
  })
  const { uid } = known.metadata
  const job = cluster.create('jobs', {
    metadata: {
      name: 'c-0',
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'c', uid, controller: true }],
    },
    spec: { template },
  })
  const active = [{ kind: 'Job', namespace: 'default', name: 'c-0', uid: job.metadata.uid }]
  client.updateStatus('cronjobs', { ...known, status: { active } })
  const events: string[] = []
  const sync = new CronJobSync(known, cluster.now() + 60_000, {
    client,
    recorder: { event: (_object, _type, reason) => void events.push(reason) },
    annotatesTime: true,
  })
  expect(() => sync.run([job])).toThrow('Operation cannot be fulfilled on cronjobs.batch "c"')
  expect(events).toEqual(['SuccessfulCreate'])
  expect(client.list('jobs', { namespace: 'default' }).items).toHaveLength(2)
  expect(client.get('cronjobs', key).status).toEqual({ active })
})
