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

test('sig-scheduling: what does not fit, taints and preemption', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 2 })
  const pod = (name: string, cpu: string, more = ''): string =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: default}, spec: {${more} containers: ` +
    `[{name: c, image: registry.k8s.io/pause:3.10, resources: {requests: {cpu: '${cpu}'}}}]}}\n---\n`
  served.file(
    'scheduling.yaml',
    '{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}\n---\n' +
      pod('low', '3', 'nodeName: node-1,') +
      pod('large', '100') +
      pod('selects', '100m', 'nodeSelector: {disk: ssd},'),
  )
  await served.kubectl('taint node node-2 dedicated=x:NoSchedule')
  await served.kubectl('apply -f scheduling.yaml')
  await served.kubectl('wait --for=condition=Ready pod/low --timeout=25s')
  const waiting = await served.kubectl('get events --field-selector reason=FailedScheduling')
  expect(waiting.stdout).toMatch(/pod\/large .*Insufficient cpu, .*untolerated taint/)
  await served.kubectl('label node node-1 disk=ssd')
  await served.kubectl('wait --for=condition=Ready pod/selects --timeout=25s')
  served.file('urgent.yaml', pod('urgent', '3', 'priorityClassName: high,'))
  await served.kubectl('apply -f urgent.yaml')
  await served.kubectl('wait --for=condition=Ready pod/urgent --timeout=60s')
  expect((await served.kubectl('get pod low --ignore-not-found')).stdout).toBe('')
})

test('sig-storage: ConfigMaps, Secrets, claims and projected files', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  served.file(
    'storage.yaml',
    `
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: default}, data: {colour: blue}}
---
{apiVersion: v1, kind: Secret, metadata: {name: key, namespace: default}, stringData: {password: pw}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: '', hostPath: {path: /srv/disk}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim, namespace: default}
spec: {accessModes: [ReadWriteOnce], storageClassName: '', resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: files, namespace: default, labels: {tier: one}}
spec:
  volumes:
  - {name: claim, persistentVolumeClaim: {claimName: claim}}
  - name: all
    projected:
      sources:
      - configMap: {name: settings}
      - secret: {name: key, items: [{key: password, path: secret/pw}]}
      - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
      - serviceAccountToken: {path: token}
  containers:
  - name: c
    image: busybox
    command: [sleep, '3600']
    volumeMounts: [{name: all, mountPath: /all}, {name: claim, mountPath: /data}]
`,
  )
  await served.kubectl('apply -f storage.yaml')
  await served.kubectl('wait --for=condition=Ready pod/files --timeout=25s')
  const script = 'cat /all/colour /all/secret/pw /all/labels; echo; wc -l < /all/token; echo kept > /data/f'
  const files = await served.kubectl(['exec', 'files', '--', 'sh', '-c', script])
  expect(files.stdout).toBe('bluepwtier="one"\n0\n')
  expect((await served.kubectl('get pvc claim -o jsonpath={.status.phase}/{.spec.volumeName}')).stdout).toBe(
    'Bound/disk',
  )
})

test('sig-apps, sig-cli: a Deployment rolls out and back, by the commands of a day', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 2 })
  const kubectl = async (args: string): Promise<string> => (await served.kubectl(args)).stdout
  await kubectl('create deployment web --image=nginx:1.27 --replicas=2')
  await kubectl('rollout status deployment/web --timeout=25s')
  await kubectl('set image deployment/web nginx=nginx:1.28')
  expect(await kubectl('rollout status deployment/web --timeout=25s')).toContain('successfully rolled out')
  expect(await kubectl('rollout undo deployment/web')).toBe('deployment.apps/web rolled back\n')
  expect(await kubectl('get deployment web -o jsonpath={..image}')).toBe('nginx:1.27')
  expect(await kubectl('expose deployment web --port=80')).toBe('service/web exposed\n')
  expect(await kubectl('label deployment web tier=front')).toBe('deployment.apps/web labeled\n')
  await kubectl('scale deployment web --replicas=3')
  expect(await kubectl('rollout status deployment/web --timeout=25s')).toContain('successfully rolled out')
  expect(await kubectl('describe deployment web')).toContain('3 desired | 3 updated | 3 total | 3 available')
  const patch = '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/os":"linux"}}}}}'
  expect((await served.kubectl(['patch', 'deployment', 'web', '-p', patch])).stdout).toContain('patched')
  expect(await kubectl('delete deployment web')).toBe(
    'deployment.apps "web" deleted from default namespace\n',
  )
  await kubectl('wait --for=delete pod -l app=web --timeout=25s')
  expect(await kubectl('get replicasets,pods -l app=web')).toBe('')
})

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crons.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crons, singular: cron, kind: Cron, shortNames: [cr]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {replicas: {type: integer, maximum: 3}}
            x-kubernetes-validations: [{rule: 'self.replicas > 0', message: some are needed}]
`

test('sig-api-machinery: custom resources, quota, garbage and namespaces', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  const kubectl = async (args: string): Promise<string> => {
    const { stdout, stderr } = await served.kubectl(args)
    return stdout + stderr
  }
  const cron = (replicas: number): string =>
    '{apiVersion: stable.example.com/v1, kind: Cron, metadata: {name: c, namespace: team}, ' +
    `spec: {replicas: ${replicas}}}`
  served.file('crd.yaml', definition)
  for (const count of [0, 2, 9]) served.file(`cron-${count}.yaml`, cron(count))
  await kubectl('create namespace team')
  await kubectl('apply -f crd.yaml')
  await kubectl('wait --for=condition=Established crd/crons.stable.example.com --timeout=25s')
  expect(await kubectl('apply -f cron-0.yaml')).toContain('some are needed')
  expect(await kubectl('apply -f cron-9.yaml')).toContain('should be less than or equal to 3')
  expect(await kubectl('apply -f cron-2.yaml')).toBe('cron.stable.example.com/c created\n')
  expect(await kubectl('explain cron.spec')).toContain('replicas\t<integer>')
  await kubectl('create quota few --hard=configmaps=1 -n team')
  await kubectl('wait --for=jsonpath={.status.used.configmaps}=1 quota/few -n team --timeout=25s')
  expect(await kubectl('create configmap more -n team')).toContain('exceeded quota: few')
  await kubectl('delete namespace team --timeout=25s')
  expect(await kubectl('get cr -A')).toBe('No resources found\n')
})

test('sig-auth, sig-instrumentation: tokens, certificates, rules; events as objects', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  const kubectl = async (args: string): Promise<string> => {
    const { stdout, stderr } = await served.kubectl(args)
    return (stdout + stderr).trim()
  }
  await kubectl('create serviceaccount robot')
  await kubectl('create role reader --verb=get,list --resource=pods')
  await kubectl('create rolebinding reads --role=reader --serviceaccount=default:robot')
  const token = await kubectl('create token robot')
  const server = served.server.url
  const asRobot = `--kubeconfig=/dev/null --insecure-skip-tls-verify --server=${server} --token=${token}`
  expect(await kubectl(`${asRobot} auth whoami -o jsonpath={.status.userInfo.username}`)).toBe(
    'system:serviceaccount:default:robot',
  )
  expect(await kubectl(`${asRobot} get pods -n default`)).toBe('No resources found in default namespace.')
  expect(await kubectl(`${asRobot} get secrets -n default`)).toContain('cannot list resource "secrets"')
  served.file(
    'event.yaml',
    '{apiVersion: events.k8s.io/v1, kind: Event, metadata: {name: seen, namespace: default}, type: Normal, ' +
      'reason: Seen, note: by hand, action: Look, ' +
      'reportingController: x.example.com/y, reportingInstance: z, ' +
      'eventTime: "2026-01-01T00:00:00.000000Z", ' +
      'regarding: {kind: Pod, name: p, namespace: default}}',
  )
  await kubectl('apply -f event.yaml')
  expect(await kubectl('get events.v1. seen -o jsonpath={.reason}/{.message}/{.involvedObject.name}')).toBe(
    'Seen/by hand/p',
  )
  expect(await kubectl('delete events.events.k8s.io --all')).toContain('event.events.k8s.io "seen" deleted')
})
