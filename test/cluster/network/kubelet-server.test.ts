import { expect, test } from 'vitest'
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
