import type { Machine, ProbeTotal } from '../../kubelet/index.js'
import { expositionOf, type Metric, type MetricLabels } from '../../lang/text/prometheus.js'
import { measuredPod, type KubeletUsage } from './kubelet-usage.js'
import { byKey } from '../../lang/text/order.js'

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
  const gauge = (name: string, help: string, series: Metric['series']): Metric => ({
    name,
    type: 'gauge',
    help: `[ALPHA] ${help}`,
    series,
  })
  return expositionOf([
    gauge('kubelet_node_name', "The node's name. The count is always 1.", [[{ node }, 1]]),
    gauge('kubelet_running_pods', 'Number of pods that have a running pod sandbox', [[{}, running]]),
    gauge(
      'kubelet_running_containers',
      'Number of containers currently running',
      [...states].toSorted(byKey).map(([state, count]) => [{ container_state: state }, count]),
    ),
    gauge(
      'kubernetes_build_info',
      "A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree " +
        'state, build date, Go version, and compiler from which Kubernetes was built, and platform on ' +
        'which it is running.',
      [[{ git_version: version, major: '1', minor }, 1]],
    ),
  ])
}

/**
 * Returns the resources that pods and machine use, measured at virtual milliseconds `now`. Source:
 * pkg/kubelet/metrics/collectors/resource_metrics.go.
 */
export function resourceMetrics(machine: Machine, now: number): string {
  const pods = [...machine.pods()].map((sandbox) => measuredPod(machine, sandbox, now))
  const ofPods = pods.map(({ sandbox: { namespace, name }, sum }) => [{ namespace, pod: name }, sum] as const)
  const ofContainers = pods.flatMap(({ sandbox: { namespace, name: pod }, containers }) =>
    containers.map(({ name: container, usage }) => [{ container, namespace, pod }, usage] as const),
  )
  const node = { seconds: 0, memory: machine.systemUsage.memory ?? 0 }
  for (const { sum } of pods) {
    node.seconds += sum.seconds
    node.memory += sum.memory
  }
  const starts = pods.flatMap(({ sandbox: { namespace, name: pod }, containers }) =>
    containers.map(
      ({ name: container, started }) => [{ container, namespace, pod }, started / 1000] as const,
    ),
  )
  return expositionOf([
    ...usageOf('container', ofContainers, now),
    ...usageOf('pod', ofPods, now),
    ...usageOf('node', [[{}, node]], now),
    {
      name: 'container_start_time_seconds',
      type: 'gauge',
      help: '[STABLE] Start time of the container since unix epoch in seconds',
      series: starts,
    },
    {
      name: 'resource_scrape_error',
      type: 'gauge',
      help: '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise',
      series: [[{}, 0]],
    },
  ])
}

/** The two metrics of usage that containers, pods and nodes have in common. */
function usageOf(
  what: 'container' | 'pod' | 'node',
  used: readonly (readonly [labels: MetricLabels, usage: Pick<KubeletUsage, 'seconds' | 'memory'>])[],
  at: number,
): readonly Metric[] {
  return [
    {
      name: `${what}_cpu_usage_seconds_total`,
      type: 'counter',
      help: `[STABLE] Cumulative cpu time consumed by the ${what} in core-seconds`,
      series: used.map(([labels, { seconds }]) => [labels, seconds]),
      at,
    },
    {
      name: `${what}_memory_working_set_bytes`,
      type: 'gauge',
      help: `[STABLE] Current working set of the ${what} in bytes`,
      series: used.map(([labels, { memory }]) => [labels, Math.round(memory)]),
      at,
    },
  ]
}

const PROBE_TITLES = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const

/**
 * Returns how often probes have succeeded and failed. Durations would be zero and are left out. Source:
 * pkg/kubelet/prober/prober.go ProberResults.
 */
export function probeMetrics(totals: readonly ProbeTotal[]): string {
  const series = totals.flatMap(({ type, container, pod, namespace, uid, successful, failed }) =>
    (
      [
        ['failed', failed],
        ['successful', successful],
      ] as const
    ).flatMap(([result, count]) => {
      const labels = { container, namespace, pod, pod_uid: uid, probe_type: PROBE_TITLES[type], result }
      return count === 0 ? [] : [[labels, count] as const]
    }),
  )
  const help = '[BETA] Cumulative number of a liveness, readiness or startup probe for a container by result.'
  return expositionOf([{ name: 'prober_probe_total', type: 'counter', help, series }])
}
