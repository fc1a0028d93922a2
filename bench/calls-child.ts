/**
 * Counts calls of functions by V8's precise coverage, which is exact: the same on every machine, whatever
 * else runs on it. Prints the counts as JSON. Started by `calls.ts`, bundled as the package is.
 */
import { Session } from 'node:inspector'
import { SimCluster } from 'simcluster'

const session = new Session()
session.connect()

function post(method: string, parameters: object = {}): unknown {
  let result: unknown
  session.post(method, parameters, (error, value: unknown) => {
    if (error !== null) throw error
    result = value
  })
  return result
}

interface Taken {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[]
  }[]
}

/** Takes the calls of functions of the bundle since it was last asked. */
function taken(): number {
  const { result } = post('Profiler.takePreciseCoverage') as Taken
  return result
    .filter(({ url }) => url.includes('/.cache/bench/calls/'))
    .flatMap(({ functions }) => functions)
    .reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0)
}

const ROUNDS = 5
const counts: Record<string, number> = {}

/** Counts the calls of one round of `work`, after a few that are not counted. */
function count(name: string, work: () => unknown): void {
  for (let round = 0; round < ROUNDS; round++) work()
  taken()
  for (let round = 0; round < ROUNDS; round++) work()
  counts[name] = Math.round(taken() / ROUNDS)
}

const web = (replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] },
    },
  },
})

const cluster = new SimCluster({ nodes: 3 })
cluster.apply([web(3)])
cluster.settle()
let next = 0
const pod = (): { metadata: { name: string }; spec: object } => ({
  metadata: { name: `p${(next += 1)}` },
  // the scheduler leaves it alone
  spec: { schedulerName: 'none', containers: [{ name: 'c', image: 'nginx:1.27' }] },
})

post('Profiler.enable')
post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

count('create a pod', () => cluster.create('pods', pod() as Parameters<typeof cluster.create<'pods'>>[1]))
count('get a pod', () => cluster.get('pods', 'p1'))
count('list pods', () => cluster.list('pods'))
count('patch a label', () =>
  cluster.patch('pods', 'p1', { type: 'merge', body: { metadata: { labels: { n: String((next += 1)) } } } }),
)
count('update a status', () => {
  const [condition] = [{ type: 'Tried', status: 'True', message: String((next += 1)) }]
  cluster.client.patch(
    'pods',
    { name: 'p1', namespace: 'default' },
    { type: 'strategic', body: { status: { conditions: [condition] } } },
    { subresource: 'status' },
  )
})
count('apply a Deployment that is there', () => cluster.apply([web(3)]))
count('delete a pod', () => {
  const made = cluster.create('pods', pod() as Parameters<typeof cluster.create<'pods'>>[1])
  cluster.delete('pods', made.metadata.name)
})
for (const { metadata } of cluster.list('pods', { fieldSelector: 'spec.schedulerName=none' }).items)
  cluster.delete('pods', metadata.name)
cluster.settle()
count('fork', () => cluster.fork())
count('a run of a property: fork, crash, six minutes', () => {
  const copy = cluster.fork()
  copy.node('node-1').crash()
  copy.advance('6m')
})
count('a rollout of 30 pods', () => {
  const copy = cluster.fork()
  copy.apply([web(30)])
  copy.settle()
})
count('ten idle minutes', () => cluster.fork().advance('10m'))

process.stdout.write(JSON.stringify(counts))
