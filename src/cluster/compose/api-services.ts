import type { KubeObject } from '../../api/definition.js'
import type { Scheme } from '../../api/scheme.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { formatTime } from '../../api/time.js'
import { groupPriority } from '../../apiserver/http/discovery/groups.js'

/**
 * versionPriority within the group, by group version; that of others depends on their stability. Source:
 * pkg/controlplane/apiserver/aggregator.go.
 */
const VERSION_PRIORITIES: Readonly<Record<string, number>> = {
  v1: 1,
  'autoscaling/v2': 30,
  'flowcontrol.apiserver.k8s.io/v1': 21,
  'resource.k8s.io/v1': 21,
}
const STABLE = 15
const BETA = 9
/** Served by the aggregator itself, which does not list itself. */
const OWN_GROUP = 'apiregistration.k8s.io'

const made = new Map<string, readonly KubeObject[]>()

/**
 * Returns the APIServices of the groups that a release serves, available since `now` (virtual ms). Cached for
 * each release and instant.
 */
export function apiServices(scheme: Scheme, now: number): readonly KubeObject[] {
  const { release } = scheme
  const key = `${release.minor}@${now}`
  let services = made.get(key)
  if (services === undefined) {
    const served = new Set(
      scheme.definitions().map(({ group, version }) => (group === '' ? version : `${group}/${version}`)),
    )
    services = deepFreeze(
      release.groupVersions
        .filter((each) => served.has(each))
        .flatMap((each) => serviceOf(each, release.minor, now)),
    )
    made.clear() // keeps the last one only, since most clusters start at the same instant
    made.set(key, services)
  }
  return services
}

function serviceOf(groupVersion: string, minor: number, now: number): readonly KubeObject[] {
  const [group, version] = groupVersion.includes('/')
    ? (groupVersion.split('/') as [string, string])
    : ['', groupVersion]
  if (group === OWN_GROUP) return []
  const service = {
    apiVersion: `${OWN_GROUP}/v1`,
    kind: 'APIService',
    metadata: {
      name: `${version}.${group}`,
      labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
    },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      groupPriorityMinimum: groupPriority(group, minor),
      versionPriority: VERSION_PRIORITIES[groupVersion] ?? (/^v\d+$/.test(version) ? STABLE : BETA),
    },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: formatTime(now),
          reason: 'Local',
          message: 'Local APIServices are always available',
        },
      ],
    },
  }
  return [service]
}
