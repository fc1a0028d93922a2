import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const cluster = new SimCluster({ nodes: 1 })
cluster.settle()
cluster.kubectl('run web --image=nginx')
cluster.settle()

const uid = (resource: 'flowschemas' | 'prioritylevelconfigurations', name: string): string =>
  cluster.get(resource, name).metadata.uid ?? ''

const JANE = { user: 'jane', groups: ['dev'] }

/** Asks as an administrator, or as somebody whom the administrator impersonates. */
async function ask(path: string, as?: typeof JANE, method = 'GET'): Promise<Response> {
  const headers = new Headers()
  if (as !== undefined) {
    headers.set('impersonate-user', as.user)
    for (const group of as.groups) headers.append('impersonate-group', group)
  }
  return cluster.http.fetch(path, { method, headers })
}

const flowOf = (response: Response): readonly (string | null)[] => [
  response.headers.get('x-kubernetes-pf-flowschema-uid'),
  response.headers.get('x-kubernetes-pf-prioritylevel-uid'),
]

test('a response names the FlowSchema and the level of its request, also if it is refused', async () => {
  const own = [uid('flowschemas', 'global-default'), uid('prioritylevelconfigurations', 'global-default')]
  const exempt = [uid('flowschemas', 'exempt'), uid('prioritylevelconfigurations', 'exempt')]
  expect(flowOf(await ask('/api/v1/pods'))).toEqual(exempt)
  const refused = await ask('/api/v1/pods', JANE)
  expect([refused.status, flowOf(refused)]).toEqual([403, own])
  expect(flowOf(await ask('/api/v1/nothing', JANE))).toEqual(own)
  expect(flowOf(await ask('/apis', JANE))).toEqual(own)
  expect(flowOf(await ask('/nothing', JANE))).toEqual(own)
  const probes = [uid('flowschemas', 'probes'), uid('prioritylevelconfigurations', 'exempt')]
  expect(flowOf(await ask('/healthz', JANE))).toEqual(probes)
})

test('a request without a known user has none, and neither has one that runs long', async () => {
  const stranger = await cluster.http.fetch('/api/v1/pods', { headers: { authorization: 'Bearer no' } })
  expect([stranger.status, flowOf(stranger)]).toEqual([401, [null, null]])
  const log = await ask('/api/v1/namespaces/default/pods/web/log')
  expect([log.status, flowOf(log)]).toEqual([200, [null, null]])
  expect(flowOf(await ask('/api/v1/namespaces/default/pods/web/proxy/'))).toEqual([null, null])
  // the start of a watch is work
  const watch = await ask('/api/v1/pods?watch=1&timeoutSeconds=1')
  expect(flowOf(watch)[0]).toBe(uid('flowschemas', 'exempt'))
  await watch.body?.cancel()
})

test('the dumps show the levels, the queues, and the request itself', async () => {
  const dump = async (name: string): Promise<readonly string[][]> => {
    const response = await ask(`/debug/api_priority_and_fairness/${name}`)
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; charset=utf-8',
    ])
    return (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/, */))
  }
  const levels = await dump('dump_priority_levels')
  expect(levels[0]?.slice(0, 6)).toEqual([
    'PriorityLevelName',
    'ActiveQueues',
    'IsIdle',
    'IsQuiescing',
    'WaitingRequests',
    'ExecutingRequests',
  ])
  expect(levels.slice(1).map(([name]) => name)).toEqual([
    'catch-all',
    'exempt',
    'global-default',
    'leader-election',
    'node-high',
    'system',
    'workload-high',
    'workload-low',
  ])
  expect(levels[2]?.slice(0, 6)).toEqual(['exempt', '0', 'false', 'false', '0', '1'])
  expect(levels[1]?.slice(0, 6)).toEqual(['catch-all', '0', 'true', 'false', '0', '0'])
  const queues = await dump('dump_queues')
  expect(queues).toHaveLength(1 + 128 + 16 + 64 + 64 + 128 + 128)
  expect(queues[1]).toEqual(['global-default', '0', '0', '0', '0', '0.00000000ss', '0', '0', '0.00000000ss'])
  const [, request] = await dump('dump_requests?includeRequestDetails=1')
  expect(request?.slice(0, 5)).toEqual(['exempt', 'exempt', '-1', '-1', ''])
  expect(request?.slice(11, 13)).toEqual(['get', '/debug/api_priority_and_fairness/dump_requests'])
  expect((await ask('/debug/api_priority_and_fairness/dump_nothing')).status).toBe(404)
  expect((await ask('/debug/api_priority_and_fairness/dump_requests', JANE)).status).toBe(403)
})

test('cells of a dump stand below each other', async () => {
  const response = await ask('/debug/api_priority_and_fairness/dump_priority_levels')
  const [head = '', first = ''] = (await response.text()).split('\n')
  expect(head).toMatch(/^PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, /)
  expect(first.indexOf('0,')).toBe(head.indexOf('ActiveQueues'))
})

test('metrics count the requests over HTTP, and show the seats of each level', async () => {
  const count = async (): Promise<number> => {
    const body = await (await ask('/metrics')).text()
    const line = 'apiserver_flowcontrol_dispatched_requests_total{flow_schema="global-default",'
    return Number(new RegExp(`^${line}priority_level="global-default"} (\\d+)$`, 'm').exec(body)?.[1])
  }
  const before = await count()
  await ask('/api/v1/pods', JANE)
  cluster.can({ user: 'jane' }, 'list', 'pods')
  expect(await count()).toBe(before + 1)
  const body = await (await ask('/metrics')).text()
  expect(body).toMatch(/^apiserver_flowcontrol_nominal_limit_seats\{priority_level="workload-low"\} 245$/m)
  expect(body).toMatch(/^apiserver_flowcontrol_lower_limit_seats\{priority_level="workload-low"\} 24$/m)
})
