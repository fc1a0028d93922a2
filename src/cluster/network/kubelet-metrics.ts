import type { Machine } from '../../kubelet/index.js'

type Labels = Readonly<Record<string, string>>
type Series = readonly (readonly [labels: Labels, value: number])[]

/** Writes a metric in the text format of Prometheus. `at`: virtual ms of the samples. */
function metric(name: string, type: 'counter' | 'gauge', help: string, series: Series, at?: number): string {
  if (series.length === 0) return ''
  const lines = series.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`)
    const shown = pairs.length === 0 ? '' : `{${pairs.join(',')}}`
    return `${name}${shown} ${value}${at === undefined ? '' : ` ${at}`}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

/** Returns the metrics of a kubelet itself. Source: pkg/kubelet/metrics/metrics.go. */
export function kubeletMetrics(node: string, version: string, machine: Machine): string {
  const states = new Map<string, number>()
  let running = 0
  for (const { sandbox, containers } of machine.pods()) {
    if (sandbox === 'ready') running++
    for (const { state } of containers) {
      const shown = state === 'creating' ? 'created' : state
      states.set(shown, (states.get(shown) ?? 0) + 1)
    }
  }
  const [, minor = ''] = /^v?1\.(\d+)/.exec(version) ?? []
  return [
    metric('kubelet_node_name', 'gauge', "[ALPHA] The node's name. The count is always 1.", [[{ node }, 1]]),
    metric('kubelet_running_pods', 'gauge', '[ALPHA] Number of pods that have a running pod sandbox', [
      [{}, running],
    ]),
    metric(
      'kubelet_running_containers',
      'gauge',
      '[ALPHA] Number of containers currently running',
      [...states]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([state, count]) => [{ container_state: state }, count]),
    ),
    metric(
      'kubernetes_build_info',
      'gauge',
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git " +
        'tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on ' +
        'which it is running.',
      [[{ git_version: version, major: '1', minor }, 1]],
    ),
  ].join('')
}

/**
 * Returns the resources that pods and machine use. Cumulative CPU is what they would have used with their
 * present usage since their start. Source: pkg/kubelet/metrics/collectors/resource_metrics.go.
 */
export function resourceMetrics(machine: Machine, now: number): string {
  const containers = {
    cpu: [] as [Labels, number][],
    memory: [] as [Labels, number][],
    start: [] as [Labels, number][],
  }
  const pods = { cpu: [] as [Labels, number][], memory: [] as [Labels, number][] }
  const node = { cpu: 0, memory: machine.systemUsage.memory ?? 0 }
  for (const { uid, name: pod, namespace, containers: known } of machine.pods()) {
    const sum = { cpu: 0, memory: 0 }
    for (const [container, { cpu, memory }] of machine.usage(uid)) {
      const started = known.findLast((one) => one.name === container)?.startedAt
      if (started === undefined) continue
      const labels = { container, namespace, pod }
      const used = (cpu * (now - started)) / 1000
      containers.cpu.push([labels, used])
      containers.memory.push([labels, Math.round(memory)])
      containers.start.push([labels, started / 1000])
      sum.cpu += used
      sum.memory += Math.round(memory)
    }
    pods.cpu.push([{ namespace, pod }, sum.cpu])
    pods.memory.push([{ namespace, pod }, sum.memory])
    node.cpu += sum.cpu
    node.memory += sum.memory
  }
  const cpu = 'Cumulative cpu time consumed by the'
  const memory = 'Current working set of the'
  return [
    metric(
      'container_cpu_usage_seconds_total',
      'counter',
      `[STABLE] ${cpu} container in core-seconds`,
      containers.cpu,
      now,
    ),
    metric(
      'container_memory_working_set_bytes',
      'gauge',
      `[STABLE] ${memory} container in bytes`,
      containers.memory,
      now,
    ),
    metric(
      'container_start_time_seconds',
      'gauge',
      '[STABLE] Start time of the container since unix epoch in seconds',
      containers.start,
    ),
    metric(
      'node_cpu_usage_seconds_total',
      'counter',
      `[STABLE] ${cpu} node in core-seconds`,
      [[{}, node.cpu]],
      now,
    ),
    metric(
      'node_memory_working_set_bytes',
      'gauge',
      `[STABLE] ${memory} node in bytes`,
      [[{}, node.memory]],
      now,
    ),
    metric('pod_cpu_usage_seconds_total', 'counter', `[STABLE] ${cpu} pod in core-seconds`, pods.cpu, now),
    metric('pod_memory_working_set_bytes', 'gauge', `[STABLE] ${memory} pod in bytes`, pods.memory, now),
    metric(
      'resource_scrape_error',
      'gauge',
      '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise',
      [[{}, 0]],
    ),
  ].join('')
}
