import { expect, test } from 'vitest'
import { needs, serveCluster } from './harness.js'

/**
 * One walk with the real kubectl through each area of Kubernetes' conformance suite, so that a regression
 * shows here before the suite itself is run.
 */
const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.56'

const never = (name: string, args: string, more = '', spec = ''): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: default, labels: {app: ${name}}}
spec:
  restartPolicy: Never
  ${spec}
  containers:
  - {name: c, image: '${AGNHOST}', args: [${args}]${more}}
`

test('sig-storage, sig-node: what is mounted, and scripts that end', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  const script = "f=/data/f; count=$(echo hello >> $f; wc -l $f | awk {'print $1'}); [ $count -ne 1 ]"
  served.file(
    'pods.yaml',
    never(
      'mounts',
      'mounttest, --new_file_0666=/test-volume/f, --file_perm=/test-volume/f',
      ', volumeMounts: [{name: v, mountPath: /test-volume}]',
      'volumes: [{name: v, emptyDir: {}}]',
    ) +
      never('arguments', 'entrypoint-tester, override, arguments') +
      `
---
apiVersion: v1
kind: Pod
metadata: {name: restarts, namespace: default}
spec:
  restartPolicy: OnFailure
  volumes: [{name: v, emptyDir: {}}]
  containers:
  - name: c
    image: busybox
    command: [sh, -c, ${JSON.stringify(script)}]
    volumeMounts: [{name: v, mountPath: /data}]
`,
  )
  await served.kubectl('apply -f pods.yaml')
  for (const pod of ['mounts', 'arguments', 'restarts'])
    await served.kubectl(`wait --for=jsonpath={.status.phase}=Succeeded pod/${pod} --timeout=25s`)
  expect((await served.kubectl('logs mounts')).stdout).toBe(
    'content of file "/test-volume/f": mount-tester new file\n\nperms of file "/test-volume/f": -rw-rw-rw-\n',
  )
  expect((await served.kubectl('logs arguments')).stdout).toBe(
    '[/agnhost entrypoint-tester override arguments]\n',
  )
  const restarts = await served.kubectl(
    'get pod restarts -o jsonpath={.status.containerStatuses[0].restartCount}',
  )
  expect(restarts.stdout).toBe('1')
})

test('sig-network: pods reach each other by Service, UDP and DNS', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 2 })
  served.file(
    'net.yaml',
    never('server', 'netexec') +
      never('client', 'netexec') +
      `
---
apiVersion: v1
kind: Service
metadata: {name: server, namespace: default}
spec:
  selector: {app: server}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: udp, port: 90, targetPort: 8081, protocol: UDP}]
`,
  )
  await served.kubectl('apply -f net.yaml')
  await served.kubectl('wait --for=condition=Ready pod/server pod/client --timeout=25s')
  const inClient = async (command: string): Promise<string> =>
    (await served.kubectl(`exec client -- ${command}`)).stdout
  expect(await inClient('curl -g -q -s http://server/hostname')).toBe('server')
  const dial = 'http://localhost:8080/dial?host=server&port=90&protocol=udp&request=hostname&tries=1'
  expect(await inClient(`curl -g -q -s ${dial}`)).toBe('{"responses":["server"]}')
  expect(await inClient('dig +short server.default.svc.cluster.local')).toMatch(/^10\.\d+\.\d+\.\d+\n$/)
  expect(
    (await served.kubectl('exec client -- /agnhost connect --timeout=2s localhost:81')).stderr,
  ).toContain('REFUSED')
  expect(
    (await served.kubectl('get --raw /api/v1/namespaces/default/services/server:http/proxy/echo?msg=hi'))
      .stdout,
  ).toBe('hi')
})

test('sig-apps, sig-scheduling: sets roll, jobs count indexes', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 2 })
  const index = 'if [ $(expr ${JOB_COMPLETION_INDEX} % 2) -ne 0 ]; then exit 1; else exit 0; fi'
  served.file(
    'apps.yaml',
    `
apiVersion: batch/v1
kind: Job
metadata: {name: indexed, namespace: default}
spec:
  completions: 4
  parallelism: 4
  completionMode: Indexed
  backoffLimitPerIndex: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: busybox, command: [/bin/sh, -c, ${JSON.stringify(index)}]}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ss, namespace: default}
spec:
  serviceName: ss
  replicas: 2
  selector: {matchLabels: {app: ss}}
  template:
    metadata: {labels: {app: ss}}
    spec:
      containers:
      - name: web
        image: registry.k8s.io/e2e-test-images/httpd:2.4.38-4
        readinessProbe: {httpGet: {path: /index.html, port: 80}, periodSeconds: 1}
`,
  )
  await served.kubectl('apply -f apps.yaml')
  await served.kubectl('rollout status statefulset/ss --timeout=25s')
  await served.kubectl('wait --for=condition=Failed job/indexed --timeout=25s')
  const job = await served.kubectl(
    'get job indexed -o jsonpath={.status.completedIndexes}/{.status.failedIndexes}',
  )
  expect(job.stdout).toBe('0,2/1,3')
})

test('sig-api-machinery, sig-auth, sig-cli, sig-instrumentation: access, logs, events', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  expect((await served.kubectl('api-versions')).stdout).toContain('admissionregistration.k8s.io/v1\n')
  expect((await served.kubectl('explain pods.metadata')).stdout).toContain('CreationTimestamp is a timestamp')
  expect(
    (await served.kubectl('auth can-i create pods --as=system:serviceaccount:default:default')).stdout,
  ).toBe('no\n')
  const generator = 'logs-generator --log-lines-total 20 --run-duration 2s'
  const run = `run logs --image=${AGNHOST} --restart=Never -- ${generator}`
  expect((await served.kubectl(run)).stdout).toBe('pod/logs created\n')
  await served.kubectl('wait --for=jsonpath={.status.phase}=Succeeded pod/logs --timeout=25s')
  expect((await served.kubectl('logs logs --tail=1')).stdout).toMatch(/ 19 \w+ \/api\/v1\/namespaces\//)
  expect((await served.kubectl('events --types=Normal --for pod/logs')).stdout).toContain('Started')
})
