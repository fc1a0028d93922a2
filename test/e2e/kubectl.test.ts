import { expect, test } from 'vitest'
import { FakeAgents } from '../server/fake-agents.js'
import { needs, serveCluster } from './harness.js'
import type { ServedCluster } from './harness.js'

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: nginx}]}
`
const BOX = `
apiVersion: v1
kind: Pod
metadata: {name: box, namespace: default}
spec: {containers: [{name: main, image: busybox, command: [sleep, infinity]}, {name: side, image: busybox, command: [sleep, infinity]}]}
`

async function expectOk(served: ServedCluster, args: string, options = {}): Promise<string> {
  const outcome = await served.kubectl(args, options)
  expect({ args, ...outcome }).toMatchObject({ code: 0, stderr: '' })
  return outcome.stdout
}

test('kubectl reads, writes and describes', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 2 })
  served.file('web.yaml', WEB)
  expect(await expectOk(served, 'version')).toContain('Server Version: v1.35.')
  expect(await expectOk(served, 'apply -f web.yaml')).toBe('deployment.apps/web created\n')
  expect(await expectOk(served, 'apply -f web.yaml')).toBe('deployment.apps/web unchanged\n')
  expect(await expectOk(served, 'rollout status deploy/web --timeout=20s')).toContain(
    'successfully rolled out',
  )
  const own = served.cluster.kubectl('get deploy,rs,pods -o custom-columns=K:.kind,N:.metadata.name').stdout
  expect(await expectOk(served, 'get deploy,rs,pods -o custom-columns=K:.kind,N:.metadata.name')).toBe(own)
  expect(await expectOk(served, 'get pods')).toMatch(
    /^NAME +READY +STATUS +RESTARTS +AGE\nweb-\S+ +1\/1 +Running/,
  )
  // imperative commands send protobuf
  expect(await expectOk(served, 'create configmap settings --from-literal=a=b')).toBe(
    'configmap/settings created\n',
  )
  expect(await expectOk(served, 'get configmap settings -o jsonpath={.data.a}')).toBe('b')
  expect(await expectOk(served, 'describe deploy web')).toContain(
    'Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable',
  )
  expect(await expectOk(served, 'delete deploy web --wait=true')).toBe(
    'deployment.apps "web" deleted from default namespace\n',
  )
  const missing = await served.kubectl('get pod nobody')
  expect(missing).toEqual({
    stdout: '',
    stderr: 'Error from server (NotFound): pods "nobody" not found\n',
    code: 1,
  })
})

test('kubectl watches, and drain evicts', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 2 }, { time: { speed: 5 } })
  served.file('web.yaml', WEB)
  const watch = served.start('kubectl', 'get deploy -w')
  await new Promise((resolve) => setTimeout(resolve, 300))
  await expectOk(served, 'apply -f web.yaml')
  await watch.until(/web +2\/2 +2 +2/)
  expect((await watch.stop()).stdout).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2/)
  const [pod] = served.cluster.list('pods').items
  const node = pod?.spec.nodeName as string
  const drained = await served.kubectl(`drain ${node} --ignore-daemonsets`)
  expect(drained).toMatchObject({ code: 0, stderr: '' })
  expect(drained.stdout).toMatch(
    new RegExp(
      `^node/${node} cordoned\n(evicting pod default/web-\\S+\n)+(pod/web-\\S+ ` +
        `evicted\n)+node/${node} drained\n$`,
    ),
  )
})

test('in virtual time what is waited for happens at once, the rest when time is moved', async (context) => {
  needs(context, 'kubectl', 'curl')
  await using served = await serveCluster({ nodes: 2 }, { time: 'virtual' })
  const before = served.cluster.now()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(served.cluster.now()).toBe(before)
  served.file('web.yaml', WEB)
  await expectOk(served, 'apply -f web.yaml')
  await expectOk(served, 'rollout status deploy/web --timeout=20s')
  expect(await expectOk(served, 'delete pods --all')).toMatch(
    /^(pod "web-\S+" deleted from default namespace\n){2}$/,
  )
  expect(await expectOk(served, 'drain node-1 --ignore-daemonsets')).toContain('node/node-1 drained')
  const at = served.cluster.now()
  served.file('token', '')
  const moved = await served.kubectl(['create', '--raw', '/simcluster/advance?duration=7m', '-f', 'token'])
  expect(moved).toMatchObject({ code: 0, stdout: `{"time":"${new Date(at + 7 * 60_000).toISOString()}"}\n` })
  expect(served.cluster.now()).toBe(at + 7 * 60_000)
  expect((await served.curl('/simcluster/advance?duration=1m', ['-X', 'POST'])).stdout).toContain(
    'cannot post path',
  )
  expect(
    (await served.kubectl(['create', '--raw', '/simcluster/advance?duration=x', '-f', 'token'])).code,
  ).toBe(1)
})

test('exec and attach: output, stdin, exit codes, errors', async (context) => {
  needs(context, 'kubectl')
  const agents = new FakeAgents()
  await using served = await serveCluster({ nodes: 1, extensions: { nodeAgents: agents } })
  served.cluster.apply(BOX)
  served.cluster.settle()
  expect(await served.kubectl('exec box -c main -- echo a b')).toEqual({
    stdout: 'a b\n',
    stderr: '',
    code: 0,
  })
  expect(await served.kubectl('exec box -c side -- fail 3')).toEqual({
    stdout: '',
    stderr: 'bad\ncommand terminated with exit code 3\n',
    code: 3,
  })
  const text = 'x'.repeat(200_000)
  expect((await served.kubectl('exec -i box -c main -- cat', { stdin: text })).stdout).toBe(text)
  expect((await served.kubectl('exec box -c main -- big 3000000')).stdout).toHaveLength(3_000_000)
  expect(await served.kubectl('exec box -c main -- nonsense')).toEqual({
    stdout: '',
    stderr: 'error: Internal error occurred: unable to upgrade connection: container not found ("main")\n',
    code: 1,
  })
  expect((await served.kubectl('exec box -c nobody -- echo')).stderr).toContain(
    'container nobody is not valid for pod box',
  )
  expect((await served.kubectl('attach -i box -c main', { stdin: 'hello\n' })).stdout).toContain('hello\n')
  served.user('jane', { user: 'jane' })
  expect(await served.kubectl('exec box -c main -- echo', { as: 'jane' })).toMatchObject({
    code: 1,
    stderr:
      'Error from server (Forbidden): pods "box" is forbidden: User "jane" cannot get resource "pods" ' +
      'in API group "" in the namespace "default"\n',
  })
  expect(agents.sessions.length).toBeGreaterThan(4)
})

test('logs: all, tail, follow, previous containers, refusals', async (context) => {
  needs(context, 'kubectl', 'curl')
  const agents = new FakeAgents()
  await using served = await serveCluster({ nodes: 1, extensions: { nodeAgents: agents } })
  served.cluster.apply(BOX)
  served.cluster.settle()
  agents.log('main', 'one')
  agents.log('main', 'two')
  expect(await served.kubectl('logs box -c main')).toEqual({ stdout: 'one\ntwo\n', stderr: '', code: 0 })
  expect((await served.kubectl('logs box -c main --tail=1')).stdout).toBe('two\n')
  const follow = served.start('kubectl', 'logs -f box -c main')
  await follow.until('two\n')
  agents.log('main', 'three')
  await follow.until('three\n')
  agents.endLogs()
  expect(await follow.done).toEqual({ stdout: 'one\ntwo\nthree\n', stderr: '', code: 0 })
  const admin = await served.kubectl(['get', '--raw', '/api/v1/namespaces/default/pods/box/log'])
  expect(admin.stderr).toContain('a container name must be specified for pod box, choose one of: [main side]')
  const invalid = await served.kubectl([
    'get',
    '--raw',
    '/api/v1/namespaces/default/pods/box/log?container=main&tailLines=-1&limitBytes=0',
  ])
  expect(invalid.stderr).toBe(`The PodLogOptions "box" is invalid: 
* tailLines: Invalid value: -1: must be greater than or equal to 0
* limitBytes: Invalid value: 0: must be greater than 0
`)
})

test('port-forward: connections one after the other and at once, a closed port', async (context) => {
  needs(context, 'kubectl', 'curl')
  await using served = await serveCluster({ nodes: 1, extensions: { nodeAgents: new FakeAgents() } })
  served.cluster.apply(BOX)
  served.cluster.settle()
  const forward = served.start('kubectl', 'port-forward box :80 :81')
  await forward.until(/-> 80\n[\s\S]*-> 81\n/)
  const [, open, closed] =
    /127\.0\.0\.1:(\d+) -> 80[\s\S]*127\.0\.0\.1:(\d+) -> 81/.exec(forward.stdout()) ?? []
  const ask = (path: string): Promise<string> =>
    served.run('curl', ['-sS', `http://127.0.0.1:${open}${path}`]).then(({ stdout }) => stdout)
  expect(await ask('/a')).toBe('port 80: GET /a HTTP/1.1\n')
  expect(await Promise.all([ask('/b'), ask('/c'), ask('/d')])).toEqual(
    ['b', 'c', 'd'].map((path) => `port 80: GET /${path} HTTP/1.1\n`),
  )
  expect((await served.run('curl', ['-sS', `http://127.0.0.1:${closed}/`])).code).not.toBe(0)
  await forward.until('failed to connect to localhost:81')
  await forward.stop()
})
