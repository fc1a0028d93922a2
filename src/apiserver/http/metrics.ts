import { featureGates } from '../../api/feature-gates.js'
import type { Minor } from '../../api/releases.js'
import type { RegistryContext } from '../registry/context.js'
import type { ApiRequest } from '../request.js'
import { prefixEnd } from '../storage/storage.js'
import { discoveredGroups } from './discovery/groups.js'
import type { HealthEndpoint } from './health.js'
import { checksOf } from './health.js'
import type { HttpResponse } from '../../client/http.js'
import type { PathHandler } from './path.js'
import { versionInfo } from './version.js'
import { EXPOSITION_TYPE, expositionOf, type Metric } from '../../lang/text/prometheus.js'
import { byKey } from '../../lang/text/order.js'

/**
 * Numbers of requests by labels. They belong to the process, so a copy of a cluster starts at zero, as a
 * restarted server does.
 */
const counters = new WeakMap<RegistryContext, Map<string, number>>()

/** Counts a finished request for `apiserver_request_total`. */
export function countRequest(context: RegistryContext, request: ApiRequest, code: number): void {
  let counts = counters.get(context)
  if (counts === undefined) counters.set(context, (counts = new Map()))
  const {
    verb,
    group,
    version,
    resource,
    subresource = '',
    name,
    namespace,
    options: { dryRun },
  } = request
  const scope =
    name !== undefined || verb === 'create' ? 'resource' : namespace === undefined ? 'cluster' : 'namespace'
  const key = JSON.stringify([
    String(code),
    'apiserver',
    dryRun === true ? 'All' : '',
    group,
    resource,
    scope,
    subresource,
    verb.toUpperCase(),
    version,
  ])
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

const REQUEST_LABELS = [
  'code',
  'component',
  'dry_run',
  'group',
  'resource',
  'scope',
  'subresource',
  'verb',
  'version',
] as const

function requestTotal(context: RegistryContext): Metric {
  const series = [...(counters.get(context) ?? [])].sort(byKey).map(([key, count]) => {
    const values = JSON.parse(key) as readonly string[]
    return [Object.fromEntries(REQUEST_LABELS.map((label, at) => [label, values[at] ?? ''])), count] as const
  })
  return {
    name: 'apiserver_request_total',
    type: 'counter',
    series,
    help:
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, ' +
      'version, resource, scope, component, ' +
      'and HTTP response code.',
  }
}

function storageObjects({ scheme, resources, storage }: RegistryContext): Metric {
  const prefixes = new Map<string, string>()
  for (const { versions } of discoveredGroups(scheme, resources)) {
    for (const { resource, group, prefix, definition } of versions.flatMap(({ resources: all }) => all)) {
      if (!definition.verbs.includes('list') || prefixes.has(prefix)) continue
      prefixes.set(prefix, group === '' ? resource : `${resource}.${group}`)
    }
  }
  const series = [...prefixes]
    .sort(([, a], [, b]) => (a < b ? -1 : 1))
    .map(([prefix, resource]) => [{ resource }, storage.count(prefix, prefixEnd(prefix))] as const)
  return {
    name: 'apiserver_storage_objects',
    type: 'gauge',
    series,
    help:
      '[STABLE] Number of stored objects at the time of last check split by kind. In case of a fetching ' +
      'error, the value will be -1.',
  }
}

function revisions({ storage }: RegistryContext): readonly Metric[] {
  return [
    {
      name: 'etcd_debugging_mvcc_current_revision',
      help: 'The current revision of store.',
      type: 'gauge',
      series: [[{}, storage.revision]],
    },
    {
      name: 'etcd_debugging_mvcc_compact_revision',
      help: 'The revision of the last compaction in store.',
      type: 'gauge',
      series: [[{}, storage.compactedRevision]],
    },
  ]
}

/** Source: apiserver pkg/util/flowcontrol/metrics/metrics.go. */
function flowControlMetrics({ flowControl }: RegistryContext): readonly Metric[] {
  if (flowControl === undefined) return []
  const levels = [...flowControl.levels]
  const limit = (bound: 'nominal' | 'lower' | 'upper', help: string): Metric => ({
    name: `apiserver_flowcontrol_${bound}_limit_seats`,
    type: 'gauge',
    help,
    series: levels.map(([name, { limits }]) => [{ priority_level: name }, limits[bound]]),
  })
  return [
    {
      name: 'apiserver_flowcontrol_dispatched_requests_total',
      type: 'counter',
      help: '[BETA] Number of requests executed by API Priority and Fairness subsystem',
      series: flowControl
        .dispatched()
        .map(({ schema, level, count }) => [{ flow_schema: schema, priority_level: level }, count]),
    },
    limit('nominal', '[BETA] Nominal number of execution seats configured for each priority level'),
    limit(
      'lower',
      '[ALPHA] Configured lower bound on number of execution seats available to each priority level',
    ),
    limit(
      'upper',
      '[ALPHA] Configured upper bound on number of execution seats available to each priority level',
    ),
  ]
}

/** The minor since which the gates are metrics. */
const GATE_METRICS_SINCE: Minor = 26

/** Source: component-base metrics/prometheus/feature/metrics.go. */
function featureMetrics({ scheme }: RegistryContext): readonly Metric[] {
  const { minor } = scheme.release
  if (minor < GATE_METRICS_SINCE) return []
  return [
    {
      name: 'kubernetes_feature_enabled',
      type: 'gauge',
      help: '[BETA] This metric records the data about the stage and enablement of a k8s feature.',
      series: featureGates(`v1.${minor}`).map(({ name, stage, enabled }) => [
        { name, stage: stage === 'GA' ? '' : stage },
        enabled ? 1 : 0,
      ]),
    },
  ]
}

function buildInfo({ scheme }: RegistryContext): Metric {
  const {
    major = '',
    minor = '',
    gitVersion = '',
    gitCommit = '',
    gitTreeState = '',
    buildDate = '',
    goVersion = '',
    compiler = '',
    platform = '',
  } = versionInfo(scheme.release)
  return {
    name: 'kubernetes_build_info',
    type: 'gauge',
    help:
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, " +
      'git tree state, build date, Go version, ' +
      'and compiler from which Kubernetes was built, and platform on which it is running.',
    series: [
      [
        {
          build_date: buildDate,
          compiler,
          git_commit: gitCommit,
          git_tree_state: gitTreeState,
          git_version: gitVersion,
          go_version: goVersion,
          major,
          minor,
          platform,
        },
        1,
      ],
    ],
  }
}

function healthchecks({ scheme }: RegistryContext): Metric {
  const endpoints: readonly HealthEndpoint[] = ['healthz', 'livez', 'readyz']
  const series = endpoints
    .flatMap((type) =>
      checksOf(type, scheme.release)
        .filter((name) => name !== 'shutdown')
        .map((name) => ({ name, type })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.type < b.type ? -1 : 1))
    .map((labels) => [labels, 1] as const)
  return {
    name: 'kubernetes_healthcheck',
    type: 'gauge',
    series,
    help: '[STABLE] This metric records the result of a single healthcheck.',
  }
}

/** `/metrics`: the metrics of a server that are meaningful here. */
export const handleMetrics: PathHandler = (context) =>
  exposition([
    requestTotal(context),
    storageObjects(context),
    ...revisions(context),
    ...flowControlMetrics(context),
    ...featureMetrics(context),
    buildInfo(context),
    healthchecks(context),
  ])

/** `/metrics/slis`: the health checks. */
export const handleSlis: PathHandler = (context) => exposition([healthchecks(context)])

function exposition(metrics: readonly Metric[]): HttpResponse {
  const headers = { 'cache-control': 'no-cache, private', 'content-type': EXPOSITION_TYPE }
  return { code: 200, headers, body: expositionOf(metrics) }
}
