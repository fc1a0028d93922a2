import { expect, test } from 'vitest'
import { ApiError } from '../../../src/client/api-error.js'
import type { ContainerStream } from '../../../src/client/node-agent.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { FakeAgents } from '../../server/fake-agents.js'

const ADMIN = { name: 'root', groups: ['system:masters'] }

function clusterWith(agents?: FakeAgents): SimCluster {
  const cluster = new SimCluster({ nodes: 1, ...(agents && { extensions: { nodeAgents: agents } }) })
  const pod = (name: string, spec: object): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec,
  })
  cluster.apply([
    pod('one', { containers: [{ name: 'main', image: 'x' }] }),
    pod('two', {
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'x' },
      ],
      initContainers: [{ name: 'setup', image: 'x' }],
    }),
    pod('stuck', { containers: [{ name: 'main', image: 'x' }], nodeSelector: { no: 'where' } }),
  ])
  cluster.settle()
  return cluster
}

/** Status code and message of a request to a pod's subresource. */
function ask(
  cluster: SimCluster,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): string {
  const [route = '', query = ''] = path.split('?')
  const response = cluster.http.handleStreaming({
    method: options.method ?? 'GET',
    path: `/api/v1/namespaces/default/pods/${route}`,
    query,
    user: ADMIN,
    headers: options.headers ?? {},
  })
  if ('stream' in response) return `stream ${response.stream.kind}`
  if (!('body' in response)) throw new Error('a watch')
  const { message, reason = '' } = JSON.parse(response.body) as { message: string; reason?: string }
  return `${response.code} ${reason}: ${message}`
}

const UPGRADE = { headers: { connection: 'Upgrade', upgrade: 'websocket' } }

test.each([
  ['zero/log', '404 NotFound: pods "zero" not found'],
  [
    'two/log',
    '400 BadRequest: a container name must be specified for pod two, choose one of: [a b] or one of ' +
      'the init containers: [setup]',
  ],
  ['two/log?container=c', '400 BadRequest: container c is not valid for pod two'],
  ['one/log?tailLines=x', '400 BadRequest: strconv.ParseInt: parsing "x": invalid syntax'],
  [
    'one/log?tailLines=-1',
    '422 Invalid: PodLogOptions "one" is invalid: tailLines: Invalid value: -1: must be greater than ' +
      'or equal to 0',
  ],
  [
    'one/log?limitBytes=0',
    '422 Invalid: PodLogOptions "one" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
  ],
  [
    'one/log?sinceSeconds=0',
    '422 Invalid: PodLogOptions "one" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
  ],
  [
    'one/log?sinceTime=soon',
    '400 BadRequest: parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"',
  ],
  ['one/log?tailLines=3&follow=true', 'stream log'],
  ['stuck/log', 'stream log'],
  ['one/exec?command=ls', '400 BadRequest: Upgrade request required'],
  ['stuck/exec?command=ls', '400 BadRequest: pod stuck does not have a host assigned'],
  [
    'two/attach',
    '400 BadRequest: a container name must be specified for pod two, choose one of: [a b] or one of ' +
      'the init containers: [setup]',
  ],
  ['stuck/portforward', '400 BadRequest: pod stuck does not have a host assigned'],
])('GET pods/%s', (path, expected) => {
  expect(ask(clusterWith(), path)).toBe(expected)
})

test('a kubelet that is stopped does not answer', () => {
  const cluster = clusterWith()
  cluster.node('node-1').kubelet.stop()
  expect(ask(cluster, 'one/log?tailLines=3&follow=true')).toBe(
    '500 : Get "https://10.0.0.11:10250/containerLogs/default/one/main?follow=true&tailLines=3": dial ' +
      'tcp 10.0.0.11:10250: connect: connection refused',
  )
})

test('an upgrade leads to a stream, by GET and by POST', () => {
  const cluster = clusterWith()
  expect(ask(cluster, 'one/exec?command=ls', UPGRADE)).toBe('stream exec')
  expect(ask(cluster, 'one/exec?command=ls', { ...UPGRADE, method: 'POST' })).toBe('stream exec')
  expect(ask(cluster, 'one/attach', { ...UPGRADE, method: 'POST' })).toBe('stream attach')
  expect(ask(cluster, 'one/portforward?ports=80', UPGRADE)).toBe('stream portforward')
})

const textOf = (session: ContainerStream): string =>
  session
    .read()
    .map(({ data }) => new TextDecoder().decode(data))
    .join('')

test('clients in the same process get logs, commands and ports, and the same refusals', () => {
  const agents = new FakeAgents()
  const { client } = clusterWith(agents)
  const key = { namespace: 'default', name: 'one' }
  agents.log('main', 'hello')
  expect(textOf(client.logs(key))).toBe('hello\n')
  const session = client.exec(key, { command: ['echo', 'a'], stdout: true })
  expect(textOf(session)).toBe('a\n')
  expect(session.end).toEqual({ exitCode: 0 })
  const port = client.portForward(key, 80)
  port.write(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'))
  expect(textOf(port)).toContain('port 80: GET / HTTP/1.1')
  expect(() => client.logs({ namespace: 'default', name: 'two' })).toThrow(
    'a container name must be specified',
  )
  expect(() => client.exec(key, { command: ['x'] })).toThrow(ApiError)
  expect(agents.requests.at(0)).toMatchObject({
    container: 'main',
    follow: false,
    previous: false,
    timestamps: false,
  })
})

test('a buffered log is what there is by now', () => {
  const agents = new FakeAgents()
  const cluster = clusterWith(agents)
  agents.log('main', 'hello')
  const response = cluster.http.handle({
    method: 'GET',
    path: '/api/v1/namespaces/default/pods/one/log',
    query: 'follow=true',
    user: ADMIN,
  })
  expect(response).toMatchObject({ code: 200, body: 'hello\n', headers: { 'content-type': 'text/plain' } })
  expect(agents.sessions[0]?.isStopped).toBe(true)
})
