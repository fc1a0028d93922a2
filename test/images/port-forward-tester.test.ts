import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { ContainerStream } from '../../src/client/node-agent.js'

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59'

/** A cluster with the pod of the suite's port-forward tests. */
function forwarded(expected: string, env: Readonly<Record<string, string>> = {}): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  const all = { BIND_PORT: '80', EXPECTED_CLIENT_DATA: expected, CHUNKS: '10', CHUNK_SIZE: '10', ...env }
  cluster.create('pods', {
    metadata: { name: 'p' },
    spec: {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'readiness',
          image: AGNHOST,
          args: ['netexec'],
          readinessProbe: {
            exec: { command: ['sh', '-c', 'netstat -na | grep LISTEN | grep -v 8080 | grep 80'] },
          },
        },
        {
          name: 'tester',
          image: AGNHOST,
          args: ['port-forward-tester'],
          env: Object.entries({ CHUNK_INTERVAL: '100', ...all }).map(([name, value]) => ({ name, value })),
        },
      ],
    },
  })
  cluster.settle()
  return cluster
}

function connect(cluster: SimCluster): ContainerStream {
  const received = cluster.http.handleStreaming({
    method: 'POST',
    path: '/api/v1/namespaces/default/pods/p/portforward',
    query: 'ports=80',
    headers: { connection: 'upgrade', upgrade: 'SPDY/3.1' },
    user: { name: 'admin', groups: ['system:masters'] },
  })
  if (!('stream' in received) || received.stream.kind !== 'portforward')
    throw new Error('no port is forwarded')
  return received.stream.open(80)
}

const received = (session: ContainerStream): string =>
  session
    .read()
    .map(({ data }) => new TextDecoder().decode(data))
    .join('')

const log = (cluster: SimCluster): string => cluster.logs('p', { container: 'tester' })
const exitCode = (cluster: SimCluster): number | undefined =>
  cluster.get('pods', 'p').status.containerStatuses?.find(({ name }) => name === 'tester')?.state?.terminated
    ?.exitCode

test('a client that sends nothing gets the data, and the end of the connection', () => {
  const cluster = forwarded('')
  const session = connect(cluster)
  expect(received(session)).toBe('x'.repeat(100))
  expect(session.end).toBeDefined()
  expect(log(cluster)).toBe('Accepted client connection\n')
  cluster.advance('900ms')
  expect(log(cluster)).toContain('Shutting down connection\n')
  cluster.advance('600ms')
  expect(log(cluster)).toBe('Accepted client connection\nShutting down connection\nDone\n')
  expect(exitCode(cluster)).toBe(0)
})

test('a client that is expected to send something gets data once it has', () => {
  const cluster = forwarded('abc')
  const session = connect(cluster)
  expect([received(session), log(cluster)]).toEqual(['', 'Accepted client connection\n'])
  session.write(new TextEncoder().encode('abc'))
  expect(received(session)).toBe('x'.repeat(100))
  cluster.advance('5s')
  expect(log(cluster)).toMatch(/Received expected client data\n.*\nDone\n$/)
})

test('a client that closes without data, or sends other data, ends it with an error', () => {
  const silent = forwarded('abc')
  connect(silent).closeInput()
  silent.advance('1s')
  expect(log(silent)).toContain('Expected to read 3 bytes from client, but got 0 instead. err=EOF\n')
  expect(exitCode(silent)).toBe(2)
  const other = forwarded('abc')
  connect(other).write(new TextEncoder().encode('abd'))
  other.advance('1s')
  expect([log(other).split('\n')[1], exitCode(other)]).toEqual([
    'Expect to read "abc", but got "abd". err=<nil>',
    3,
  ])
  const wrong = forwarded('', { CHUNKS: 'many' })
  connect(wrong)
  wrong.advance('1s')
  expect([log(wrong).split('\n')[1], exitCode(wrong)]).toEqual([
    'Error parsing CHUNKS "many": strconv.Atoi: parsing "many": invalid syntax',
    1,
  ])
})

test('netstat shows the ports of all containers of a pod', () => {
  const cluster = forwarded('')
  expect(cluster.get('pods', 'p').status.containerStatuses?.every(({ ready }) => ready)).toBe(true)
  const shown = cluster.exec('p', 'netstat -tan', { container: 'readiness' }).stdout
  expect(shown).toBe(
    'Active Internet connections (servers and established)\n' +
      'Proto Recv-Q Send-Q Local Address           Foreign Address         State       \n' +
      'tcp        0      0 :::80                   :::*                    LISTEN      \n' +
      'tcp        0      0 :::8080                 :::*                    LISTEN      \n',
  )
  const all = cluster.exec('p', 'netstat -na', { container: 'readiness' }).stdout
  expect(all).toContain('udp        0      0 :::8081')
  expect(all).toContain('Active UNIX domain sockets (servers and established)\n')
  expect(cluster.exec('p', 'netstat -Q', { container: 'readiness' }).exitCode).toBe(1)
  connect(cluster)
  expect(cluster.exec('p', 'netstat -tln', { container: 'readiness' }).stdout).not.toContain(':::80 ')
})

test('users and groups of an image count, also where a pod chooses the user', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const run = (name: string, image: string, pod: object, container: object = {}): void =>
    void cluster.create('pods', {
      metadata: { name },
      spec: {
        restartPolicy: 'Never',
        securityContext: pod,
        containers: [{ name: 'c', image, securityContext: container }],
      },
    })
  const groups = { runAsUser: 1000, runAsGroup: 1000, supplementalGroups: [60_000] }
  run('merged', AGNHOST, { ...groups, supplementalGroupsPolicy: 'Merge' })
  run('strict', AGNHOST, { ...groups, supplementalGroupsPolicy: 'Strict' })
  run('image-user', 'registry.k8s.io/e2e-test-images/nonroot:1.4', {}, { runAsNonRoot: true })
  run('root-image', AGNHOST, {}, { runAsNonRoot: true })
  run('root-asked', 'registry.k8s.io/e2e-test-images/nonroot:1.4', {}, { runAsNonRoot: true, runAsUser: 0 })
  cluster.settle()
  expect(cluster.exec('merged', 'id -G').stdout).toBe('1000 50000 60000\n')
  expect(cluster.exec('strict', 'id -G').stdout).toBe('1000 60000\n')
  expect(cluster.exec('merged', 'id').stdout).toBe(
    'uid=1000(default-user) gid=1000(default-user) ' +
      'groups=1000(default-user),50000(group-defined-in-image),60000\n',
  )
  expect(cluster.exec('strict', 'id nobody').stdout).toBe(
    'uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)\n',
  )
  expect(cluster.exec('strict', 'id -G default-user').stdout).toBe('1000 50000\n')
  expect(cluster.exec('strict', 'id who')).toMatchObject({ exitCode: 1, stderr: 'id: unknown user who\n' })
  expect(cluster.get('pods', 'image-user').status.phase).toBe('Succeeded')
  const waiting = (name: string): string | undefined =>
    cluster.get('pods', name).status.containerStatuses?.[0]?.state?.waiting?.message
  expect(waiting('root-image')).toContain('container has runAsNonRoot and image will run as root')
  expect(waiting('root-asked')).toContain("container's runAsUser breaks non-root policy")
})
