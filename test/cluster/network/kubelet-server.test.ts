import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const MIB = 1024 ** 2

const cluster = new SimCluster({
  nodes: [{ name: 'n', capacity: { memory: '8Gi', 'ephemeral-storage': '50Gi' } }],
})
cluster.apply([
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: {
      containers: [
        {
          name: 'c',
          image: 'busybox',
          command: ['sh', '-c', 'echo 123456789; sleep 1d'],
          volumeMounts: [
            { name: 'e', mountPath: '/e' },
            { name: 'l', mountPath: '/host' },
          ],
        },
      ],
      volumes: [
        { name: 'e', emptyDir: {} },
        { name: 'l', hostPath: { path: '/var/log' } },
      ],
    },
  },
])
cluster.settle()
cluster.exec('p', 'fallocate -l 3M /x; fallocate -l 2M /e/y; mkdir /host/own; echo line > /host/own/a.log')
cluster.node('n').setContainerUsage('default/p', { cpu: 0.5, memory: 64 * MIB })
cluster.advance('100s')

async function ask(path: string): Promise<readonly [number, string]> {
  const response = await cluster.http.fetch(`/api/v1/nodes/n/proxy${path}`)
  return [response.status, await response.text()]
}

test('the summary has cpu, memory and disk of the node, its pods, containers and volumes', async () => {
  const [, body] = await ask('/stats/summary')
  const summary = JSON.parse(body) as {
    node: Record<string, Record<string, number>>
    pods: { containers: { startTime: string; cpu: { usageCoreNanoSeconds: number } }[] }[]
  }
  expect(summary).toMatchObject({
    node: {
      nodeName: 'n',
      memory: { workingSetBytes: 64 * MIB, availableBytes: 8 * 1024 * MIB - 64 * MIB },
      fs: { capacityBytes: 50 * 1024 * MIB },
      rlimit: { maxpid: 32_768, curproc: 1 },
    },
    pods: [
      {
        podRef: { name: 'p', namespace: 'default' },
        memory: { workingSetBytes: 64 * MIB },
        containers: [
          {
            name: 'c',
            cpu: { usageNanoCores: 5e8 },
            rootfs: { usedBytes: 3 * MIB },
            logs: { usedBytes: 10 },
          },
        ],
        volume: [{ name: 'e', usedBytes: 2 * MIB }],
        'ephemeral-storage': { usedBytes: 5 * MIB + 10 },
        process_stats: { process_count: 1 },
      },
    ],
  })
  const [container] = summary.pods[0]?.containers ?? []
  const seconds = (cluster.now() - Date.parse(container?.startTime ?? '')) / 1000
  expect(container?.cpu.usageCoreNanoSeconds).toBeCloseTo(seconds * 5e8, -9)
})

test('the metrics of resources are those of Prometheus, with the time of the sample', async () => {
  const [code, body] = await ask('/metrics/resource')
  expect(code).toBe(200)
  expect(body).toContain('# TYPE container_cpu_usage_seconds_total counter\n')
  expect(body).toMatch(
    new RegExp(
      '^container_memory_working_set_bytes\\{container="c",namespace="default",pod="p"\\} ' +
        `${64 * MIB} \\d{13}$`,
      'm',
    ),
  )
  expect(body).toMatch(/^pod_cpu_usage_seconds_total\{namespace="default",pod="p"\} [\d.]+ \d{13}$/m)
  expect(body).toMatch(new RegExp(`^node_memory_working_set_bytes ${64 * MIB} `, 'm'))
  expect(body).toMatch(/^resource_scrape_error 0$/m)
})

test('the metrics of the kubelet count pods and containers', async () => {
  const [, body] = await ask('/metrics')
  expect(body).toMatch(/^kubelet_running_pods 1$/m)
  expect(body).toMatch(/^kubelet_running_containers\{container_state="running"\} 1$/m)
  expect(body).toMatch(/^kubelet_node_name\{node="n"\} 1$/m)
  expect(body).toMatch(/^kubernetes_build_info\{git_version="v1\.35\.\d+",major="1",minor="35"\} 1$/m)
})

test('/logs/ lists what lies in /var/log, and has its files', async () => {
  const [code, body] = await ask('/logs/')
  expect(code).toBe(200)
  expect(body.match(/href="[^"]*"/g)).toEqual(['href="containers/"', 'href="own/"', 'href="pods/"'])
  expect(await ask('/logs/own/')).toEqual([200, expect.stringContaining('<a href="a.log">a.log</a>')])
  expect(await ask('/logs/own/a.log')).toEqual([200, 'line\n'])
  expect((await ask('/logs/nothing'))[0]).toBe(404)
  expect((await ask('/logs/..%2f..%2fetc/hostname'))[0]).toBe(404)
  expect((await ask('/metrics/nothing'))[0]).toBe(404)
})

describe('the probes of a kubelet', () => {
  const probed = new SimCluster({ nodes: 1 })
  probed.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'busybox',
            command: ['sh', '-c', 'touch /ok; sleep 1d'],
            startupProbe: { exec: { command: ['true'] }, periodSeconds: 5 },
            readinessProbe: { exec: { command: ['test', '-f', '/ok'] }, periodSeconds: 10 },
          },
          {
            name: 'n',
            image: 'nginx',
            livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 10 },
          },
        ],
      },
    },
  ])
  probed.settle()

  async function totals(): Promise<Readonly<Record<string, number>>> {
    const response = await probed.http.fetch('/api/v1/nodes/node-1/proxy/metrics/probes')
    const lines = (await response.text()).split('\n').filter((line) => line.startsWith('prober_probe_total'))
    return Object.fromEntries(
      lines.map((line) => {
        const [, container, type, result, count] =
          /container="(\w+)".*probe_type="(\w+)",result="(\w+)"} (\d+)$/.exec(line) ?? []
        return [`${container} ${type} ${result}`, Number(count)]
      }),
    )
  }

  test('are counted by container, kind and result, also while their result cannot change', async () => {
    const before = await totals()
    expect(before['c Startup successful']).toBe(1)
    expect(before['c Readiness successful']).toBeGreaterThan(0)
    probed.advance('100s')
    const after = await totals()
    expect(after['c Startup successful']).toBe(1)
    for (const probe of ['c Readiness successful', 'n Liveness successful'])
      expect((after[probe] ?? 0) - (before[probe] ?? 0)).toBe(10)
    probed.exec('p', 'rm /ok', { container: 'c' })
    probed.advance('30s')
    const failing = await totals()
    expect(failing['c Readiness successful']).toBe(after['c Readiness successful'])
    expect(failing['c Readiness failed']).toBe(3)
  })

  test('go on counting in a fork and after a restart of the container', async () => {
    const before = await totals()
    probed.exec('p', 'kill 1', { container: 'n' })
    probed.advance('100s')
    const after = await totals()
    expect((after['n Liveness successful'] ?? 0) - (before['n Liveness successful'] ?? 0)).toBeGreaterThan(5)
    const fork = probed.fork()
    const response = await fork.http.fetch('/api/v1/nodes/node-1/proxy/metrics/probes')
    expect(await response.text()).toMatch(
      new RegExp(`container="n".*result="successful"} ${after['n Liveness successful']}\n`),
    )
  })
})

describe('the port of a kubelet, asked by a pod', () => {
  const asked = new SimCluster({ nodes: 1 })
  for (const subresource of ['healthz', 'proxy', 'configz', 'metrics', 'pods', 'log', 'stats']) {
    asked.create('serviceaccounts', { metadata: { name: subresource, namespace: 'default' } })
    asked.kubectl(`create clusterrole ${subresource} --verb=get --resource=nodes/${subresource}`)
    const who = `--clusterrole=${subresource} --serviceaccount=default:${subresource}`
    asked.kubectl(`create clusterrolebinding ${subresource} ${who}`)
    asked.create('pods', {
      metadata: { name: subresource, namespace: 'default' },
      spec: {
        serviceAccountName: subresource,
        containers: [
          {
            name: 'c',
            image: 'registry.k8s.io/e2e-test-images/agnhost:2.59',
            args: ['pause'],
            env: [{ name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }],
          },
        ],
      },
    })
  }
  asked.settle()

  const code = (pod: string, path: string): string =>
    asked.exec(pod, [
      'sh',
      '-c',
      `curl -XGET -sIk -o /dev/null -w '%{http_code}' --header "Authorization: Bearer ` +
        '`cat /var/run/secrets/kubernetes.io/serviceaccount/token`" ' +
        `https://$NODE_IP:10250/${path}`,
    ]).stdout

  test.each([
    ['healthz', 'healthz', '200'],
    ['proxy', 'healthz', '200'],
    ['configz', 'healthz', '403'],
    ['configz', 'configz', '200'],
    ['metrics', 'metrics', '200'],
    ['metrics', 'metrics/resource', '200'],
    ['metrics', 'metrics/probes', '200'],
    ['proxy', 'metrics', '403'],
    ['stats', 'stats/summary', '200'],
    ['log', 'logs/', '200'],
    ['proxy', 'logs/', '403'],
    ['pods', 'pods', '200'],
    ['proxy', 'pods', '200'],
    ['pods', 'podsandmore', '403'],
    ['proxy', 'podsandmore', '404'],
  ])('with a right to nodes/%s, /%s returns %s', (subresource, path, expected) => {
    expect(code(subresource, path)).toBe(expected)
  })

  test('says what is missing, and wants a token and TLS', () => {
    const ask = (url: string, header = ''): string =>
      asked.exec('configz', ['sh', '-c', `curl -sk ${header} ${url}`]).stdout
    const token = '-H "Authorization: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)"'
    expect(ask('https://$NODE_IP:10250/healthz', token)).toBe(
      'Forbidden (user=system:serviceaccount:default:configz, verb=get, resource=nodes, ' +
        'subresource(s)=[healthz proxy])\n',
    )
    expect(ask('https://$NODE_IP:10250/healthz')).toBe('Unauthorized')
    expect(ask('https://$NODE_IP:10250/healthz', '-H "Authorization: Bearer nobody"')).toBe('Unauthorized')
    expect(ask('http://$NODE_IP:10250/healthz', token)).toBe(
      'Client sent an HTTP request to an HTTPS server.\n',
    )
    expect(
      asked.exec('configz', [
        'sh',
        '-c',
        `curl -sk -X HEAD ${token} -w '%{http_code}' https://$NODE_IP:10250/configz`,
      ]).stdout,
    ).toContain('403')
  })
})
