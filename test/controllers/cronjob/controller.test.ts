import { describe, expect, it } from 'vitest'
import type { CronJob, Job } from '../../../src/api/batch/generated.js'
import type { ObjectInput } from '../../../src/api/kind/input.js'
import { createCronJobController } from '../../../src/controllers/cronjob/controller.js'
import { ControllerCluster } from '../shared/controller-cluster.js'
import { jobCluster } from '../shared/clusters.js'
import { pods } from '../shared/workloads.js'

const key = { namespace: 'default', name: 'c' }
const CONTROLLER = 'kube-controller-manager/cronjob-controller'

/** A cluster with CronJob `c`, whose pods end with that exit code (`-`: never). */
function started(
  begin: string,
  spec: ObjectInput<CronJob['spec']>,
  exit = '0',
  cluster: ControllerCluster = jobCluster(begin),
): ControllerCluster {
  const annotations = { 'fake/exit': exit }
  const podSpec = {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: 'img' }],
  }
  const jobTemplate = {
    metadata: { labels: { of: 'c' } },
    spec: { backoffLimit: 0, template: { metadata: { annotations }, spec: podSpec } },
  }
  cluster.client.create('cronjobs', {
    metadata: key,
    spec: { schedule: '* * * * *', jobTemplate, ...spec },
  } as CronJob)
  cluster.sim.settle()
  return cluster
}

/** The same with no nodes and no other controllers: days go by in no time, and jobs never end. */
function alone(begin: string, spec: ObjectInput<CronJob['spec']>): ControllerCluster {
  return started(
    begin,
    spec,
    '-',
    new ControllerCluster(() => [createCronJobController()], { version: 'v1.34', start: Date.parse(begin) }),
  )
}

const cronJob = ({ client }: ControllerCluster): CronJob => client.get('cronjobs', key)
const jobs = ({ client }: ControllerCluster): readonly Job[] =>
  client.list('jobs', { namespace: 'default' }).items
const events = (cluster: ControllerCluster): string[] =>
  cluster.eventLines('cronjob-controller').map((line) => line.replace('CronJob/c ', ''))
const patch = (cluster: ControllerCluster, spec: object): void => {
  cluster.client.patch('cronjobs', key, { type: 'merge', body: { spec } })
  cluster.sim.settle()
}
const scheduledTimes = (cluster: ControllerCluster): (string | undefined)[] =>
  cluster.writes
    .filter(({ resource, type }) => resource.startsWith('jobs') && type === 'ADDED')
    .map(({ object }) => object.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'])

describe('a CronJob', () => {
  it('settle() does not wait for its time; its job comes 100 ms after it, named by the minute', () => {
    const cluster = started('2026-03-01T10:00:30Z', { schedule: '5 * * * *' })
    expect(jobs(cluster)).toEqual([])
    cluster.advance(299)
    const [job] = jobs(cluster)
    const scheduled = Date.parse('2026-03-01T10:05:00Z')
    expect(job?.metadata.name).toBe(`c-${scheduled / 60_000}`)
    expect(job?.metadata.labels).toEqual({ of: 'c' })
    expect(job?.metadata.creationTimestamp).toBe('2026-03-01T10:05:00Z')
    expect(job?.metadata.ownerReferences?.[0]).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: 'c',
      controller: true,
    })
    expect(cronJob(cluster).status).toMatchObject({
      lastScheduleTime: '2026-03-01T10:05:00Z',
      lastSuccessfulTime: '2026-03-01T10:05:03Z',
    })
  })

  it('follows the clocks of its time zone', () => {
    const cluster = alone('2026-03-28T12:00:00Z', { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' })
    cluster.advance(4 * 86_400)
    // on the 29th the clocks in Berlin go from 2 to 3
    expect(scheduledTimes(cluster)).toEqual([
      '2026-03-30T02:30:00+02:00',
      '2026-03-31T02:30:00+02:00',
      '2026-04-01T02:30:00+02:00',
    ])
    expect(cronJob(cluster).status.lastScheduleTime).toBe('2026-04-01T00:30:00Z')
  })

  it('makes up for the last time that it missed, unless it is too late', () => {
    const miss = (spec: ObjectInput<CronJob['spec']>, seconds: number): string[] => {
      const cluster = alone('2026-03-01T10:00:30Z', spec)
      cluster.stop(CONTROLLER)
      cluster.advance(seconds)
      cluster.start(CONTROLLER)
      cluster.sim.settle()
      return events(cluster)
    }
    expect(miss({ schedule: '*/5 * * * *' }, 1000)).toContainEqual(
      `SuccessfulCreate: Created job c-${Date.parse('2026-03-01T10:15:00Z') / 60_000}`,
    )
    expect(miss({ schedule: '0 * * * *', startingDeadlineSeconds: 300 }, 4000)).toEqual([])
    expect(miss({ schedule: '* * * * *' }, 7200)[0]).toBe(
      'TooManyMissedTimes: too many missed start times. Set or decrease .spec.startingDeadlineSeconds ' +
        'or check clock skew',
    )
  })

  it('replaces a job that still runs, if it is to', () => {
    const cluster = started('2026-03-01T10:00:30Z', { concurrencyPolicy: 'Replace' }, '-')
    cluster.advance(100)
    const [first, second] = [1, 2].map(
      (minute) => `c-${Date.parse('2026-03-01T10:00:00Z') / 60_000 + minute}`,
    )
    expect(events(cluster)).toEqual([
      `SuccessfulCreate: Created job ${first}`,
      `SuccessfulDelete: Deleted job ${first}`,
      `SuccessfulCreate: Created job ${second}`,
    ])
    expect([jobs(cluster).length, cronJob(cluster).status.active?.map(({ name }) => name)]).toEqual([
      1,
      [second],
    ])
    expect(pods(cluster)).toHaveLength(1)
  })

  it('keeps as many failed jobs as it may, and says what became of a job that went missing', () => {
    const cluster = started('2026-03-01T10:00:30Z', { failedJobsHistoryLimit: 2 }, '1')
    cluster.advance(300)
    expect(jobs(cluster).map(({ status }) => status.conditions?.at(-1)?.type)).toEqual(['Failed', 'Failed'])
    const waiting = started('2026-03-01T10:00:30Z', {}, '-')
    waiting.advance(35)
    waiting.client.delete('jobs', jobs(waiting)[0]?.metadata ?? {}, { propagationPolicy: 'Background' })
    waiting.sim.settle()
    expect(events(waiting).at(-1)).toMatch(/^MissingJob: Active job went missing: c-\d+$/)
    expect(cronJob(waiting).status.active).toBeUndefined()
  })

  it('rests while it is suspended, and follows a new schedule at once', () => {
    const cluster = alone('2026-03-01T10:00:30Z', { schedule: '0 0 1 1 *' })
    patch(cluster, { schedule: '2 * * * *' })
    cluster.advance(100)
    expect(jobs(cluster)).toHaveLength(1)
    patch(cluster, { suspend: true, schedule: '* * * * *' })
    cluster.advance(600)
    expect(jobs(cluster)).toHaveLength(1)
    patch(cluster, { suspend: false })
    expect(jobs(cluster)).toHaveLength(2)
  })

  it('says that a schedule has no times', () => {
    const cluster = alone('2026-03-01T10:00:30Z', { schedule: '0 0 30 2 *' })
    expect(events(cluster)).toEqual([
      'InvalidSchedule: invalid schedule: 0 0 30 2 * : time difference between two schedules is less ' +
        'than 1 second',
    ])
  })

  it('has the same future in a copy', () => {
    const cluster = started('2026-03-01T10:00:30Z', {})
    cluster.advance(62)
    const copy = cluster.fork()
    for (const each of [cluster, copy]) each.advance(130)
    expect(jobs(copy)).toEqual(jobs(cluster))
    expect(jobs(cluster).length).toBeGreaterThan(2)
  })
})
