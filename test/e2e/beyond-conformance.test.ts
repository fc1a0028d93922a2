import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { needs, serveCluster } from './harness.js'

/**
 * Walks with the real kubectl through what Kubernetes' e2e suite tests beyond conformance, one for each area.
 */
const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59'

/** Reads what a TCP server sends until it closes. */
function readAll(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.once('end', () => resolve(text))
    socket.once('error', reject)
  })
}

test('sig-node, sig-auth: a pod asks a kubelet with its token, and gets what it may', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  served.file(
    'pod.yaml',
    `
apiVersion: v1
kind: Pod
metadata: {name: asks, namespace: default}
spec:
  containers:
  - name: c
    image: ${AGNHOST}
    env: [{name: NODE_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]
    readinessProbe: {exec: {command: ['true']}}
`,
  )
  await served.kubectl('create clusterrole healthz --verb=get --resource=nodes/healthz')
  await served.kubectl('create clusterrolebinding b --clusterrole=healthz --serviceaccount=default:default')
  await served.kubectl('apply -f pod.yaml')
  await served.kubectl('wait --for=condition=Ready pod/asks --timeout=25s')
  const code = async (path: string): Promise<string> => {
    const token = 'Authorization: Bearer `cat /var/run/secrets/kubernetes.io/serviceaccount/token`'
    const url = `https://$NODE_IP:10250/${path}`
    const script = `curl -XGET -sIk -o /dev/null -w '%{http_code}' --header "${token}" ${url}`
    return (await served.kubectl(['exec', 'asks', '--', 'sh', '-c', script])).stdout
  }
  expect([await code('healthz'), await code('configz'), await code('metrics')]).toEqual(['200', '403', '403'])
  const probes = await served.kubectl('get --raw /api/v1/nodes/node-1/proxy/metrics/probes')
  expect(probes.stdout).toMatch(/^prober_probe_total\{.*probe_type="Readiness",result="successful"} \d+$/m)
})

test('sig-cli, sig-network: a forwarded port of a server that speaks first and closes', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  served.file(
    'pod.yaml',
    `
apiVersion: v1
kind: Pod
metadata: {name: pfpod, namespace: default}
spec:
  restartPolicy: Never
  containers:
  - name: readiness
    image: ${AGNHOST}
    args: [netexec]
    readinessProbe:
      exec: {command: [sh, -c, netstat -na | grep LISTEN | grep -v 8080 | grep 80]}
  - name: tester
    image: ${AGNHOST}
    args: [port-forward-tester]
    env:
    - {name: BIND_PORT, value: '80'}
    - {name: CHUNKS, value: '10'}
    - {name: CHUNK_SIZE, value: '10'}
    - {name: CHUNK_INTERVAL, value: '100'}
`,
  )
  await served.kubectl('apply -f pod.yaml')
  await served.kubectl('wait --for=condition=Ready pod/pfpod --timeout=25s')
  const forward = served.start('kubectl', 'port-forward pod/pfpod :80')
  await forward.until('Forwarding from 127.0.0.1:')
  const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(forward.stdout()) ?? []
  expect(await readAll(Number(port))).toBe('x'.repeat(100))
  await forward.stop()
  await served.kubectl(
    'wait --for=jsonpath={.status.containerStatuses[1].state.terminated.exitCode}=0 pod/pfpod',
  )
  expect((await served.kubectl('logs pfpod -c tester')).stdout).toBe(
    'Accepted client connection\nShutting down connection\nDone\n',
  )
})

test('sig-api-machinery, sig-instrumentation: flows of requests, and their counts', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  served.file(
    'flow.yaml',
    `
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: mine}
spec:
  matchingPrecedence: 900
  priorityLevelConfiguration: {name: mine}
  rules:
  - subjects: [{kind: User, user: {name: jane}}]
    resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*']}]
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: mine}
spec: {type: Limited, limited: {limitResponse: {type: Reject}}}
`,
  )
  await served.kubectl('apply -f flow.yaml')
  await served.kubectl('wait --for=condition=Dangling=False flowschema/mine --timeout=25s')
  await served.kubectl('get pods -n default --as=jane')
  const levels = await served.kubectl('get --raw /debug/api_priority_and_fairness/dump_priority_levels')
  expect(levels.stdout).toMatch(/^mine, +0, +true, +false, +0, +0, +1, +0, +0, +0$/m)
  const metrics = await served.kubectl('get --raw /metrics')
  const count = 'apiserver_flowcontrol_dispatched_requests_total{flow_schema="mine",priority_level="mine"}'
  expect(metrics.stdout).toContain(`${count} 1\n`)
  const verbose = await served.kubectl('get --raw /api/v1/namespaces/default/pods --as=jane -v=8')
  expect(verbose.stderr).toMatch(/X-Kubernetes-Pf-Flowschema-Uid: [0-9a-f-]{36}/)
})

test('sig-scheduling, sig-storage: a claim for one pod keeps the second one waiting', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 2 })
  const pod = (name: string): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: default}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: c, image: busybox, command: [sleep, 1d], volumeMounts: [{name: v, mountPath: /v, subPath: s}]}
  volumes: [{name: v, persistentVolumeClaim: {claimName: one}}]
`
  served.file(
    'claim.yaml',
    `
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOncePod]
  storageClassName: ''
  hostPath: {path: /srv/disk}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: one, namespace: default}
spec: {accessModes: [ReadWriteOncePod], storageClassName: '', resources: {requests: {storage: 1Gi}}}
${pod('first')}`,
  )
  served.file('second.yaml', pod('second'))
  await served.kubectl('apply -f claim.yaml')
  await served.kubectl('wait --for=condition=Ready pod/first --timeout=25s')
  await served.kubectl('apply -f second.yaml')
  await served.kubectl('wait --for=condition=PodScheduled=False pod/second --timeout=25s')
  const why = await served.kubectl('get pod second -o jsonpath={.status.conditions[0].message}')
  expect(why.stdout).toContain('ReadWriteOncePod')
  await served.kubectl('delete pod first')
  await served.kubectl('wait --for=condition=Ready pod/second --timeout=25s')
})

test('sig-network: kubectl sees two families of addresses, and a pod is reached at both', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({
    nodes: 2,
    network: { podCIDR: '10.244.0.0/16,fd00:10:244::/56', serviceCIDR: '10.96.0.0/16,fd00:10:96::/112' },
  })
  served.file(
    'dual.yaml',
    `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default, labels: {app: web}}
spec:
  containers:
  - {name: c, image: ${AGNHOST}, args: [netexec, --http-port=8083]}
---
apiVersion: v1
kind: Service
metadata: {name: web-service, namespace: default}
spec:
  ipFamilyPolicy: RequireDualStack
  selector: {app: web}
  ports: [{port: 80, targetPort: 8083}]
`,
  )
  await served.kubectl('apply -f dual.yaml')
  await served.kubectl('wait --for=condition=Ready pod/web --timeout=25s')
  const text = async (what: string, path: string): Promise<readonly string[]> =>
    (await served.kubectl(['get', ...what.split(' '), '-o', `jsonpath={${path}}`])).stdout.split(' ')
  const ips = await text('pod web', '.status.podIPs[*].ip')
  expect(ips.map((ip) => ip.includes(':'))).toEqual([false, true])
  expect(await text('node node-1', '.status.addresses[?(@.type=="InternalIP")].address')).toEqual([
    '10.0.0.11',
    'fd00::b',
  ])
  const [, second = ''] = await text('service web-service', '.spec.clusterIPs[*]')
  for (const url of [`[${ips[1] ?? ''}]:8083`, `[${second}]`, 'web-service'])
    expect(
      (await served.kubectl(['exec', 'web', '--', 'curl', '-gs', `http://${url}/hostname`])).stdout,
    ).toBe('web')
  const slices = await served.kubectl(
    'get endpointslices -l kubernetes.io/service-name=web-service --no-headers',
  )
  expect(slices.stdout).toMatch(new RegExp(`IPv6 +8083 +${ips[1] ?? ''}`))
})
