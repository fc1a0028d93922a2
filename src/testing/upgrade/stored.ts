import type { KubeObject } from '../../api/kind/definition.js'
import { servedIn } from '../../api/definitions.js'
import { release } from '../../api/releases.js'
import { createScheme } from '../../api/scheme.js'
import { Resources } from '../../apiserver/registry/resources.js'
import { Kinds } from '../../cluster/check/kinds.js'
import { nameOf } from '../../cluster/check/read-manifests.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { UpgradeFinding } from './finding.js'

/** Returns what in etcd each release cannot read that the one before could, and how to store it anew. */
export function unreadableAfter(cluster: SimCluster, minors: readonly string[]): readonly UpgradeFinding[] {
  const found: UpgradeFinding[] = []
  let before = new Set(cluster.state.unreadable().map(({ key }) => key))
  minors.slice(1).forEach((version, at) => {
    const now = cluster.fork({ version }).state.unreadable()
    const resources = new Resources(createScheme(minors[at]))
    for (const { key, detail } of now)
      if (!before.has(key))
        found.push({
          release: version,
          change: 'unreadable',
          object: key,
          message: `${version} cannot read it: ${detail}`,
          repair: repairOf(resources, key),
        })
    before = new Set(now.map(({ key }) => key))
  })
  return found
}

/** The release before reads the object, and writes it in its own version. */
function repairOf(resources: Resources, key: string): string {
  const resource = resources.ofKey(key)
  if (resource === undefined) return `etcdctl get ${key}`
  const [first = '', second] = key.slice(resource.prefix.length).split('/')
  const name = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`
  const object = second === undefined ? `${name} ${first}` : `${name} ${second} -n ${first}`
  return `kubectl get ${object} -o json | kubectl replace -f -`
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The API versions in which clients write an object, and who they are. */
function writersOf({ metadata }: KubeObject): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { apiVersion, manager, subresource } of metadata.managedFields ?? [])
    if (apiVersion !== undefined && (subresource ?? '') === '') found.set(apiVersion, manager ?? '')
  const [, applied] = /"apiVersion":"([^"]+)"/.exec(metadata.annotations?.[LAST_APPLIED] ?? '') ?? []
  if (applied !== undefined) found.set(applied, 'kubectl apply')
  return found
}

/** Returns the objects that clients write in an API version which a release does not serve any more. */
export function clientsOf(cluster: SimCluster, minors: readonly string[]): readonly UpgradeFinding[] {
  const [first = '', last = ''] = [minors[0], minors.at(-1)]
  const kinds = new Kinds(last, [])
  return cluster.state.resources().flatMap((resource) =>
    (cluster.state.peek(resource as 'pods') as readonly KubeObject[]).flatMap((object) =>
      [...writersOf(object)].flatMap(([apiVersion, manager]): readonly UpgradeFinding[] => {
        const until = servedIn(apiVersion, resource)?.until
        if (until === undefined || until <= release(first).minor || until > release(last).minor) return []
        const { instead } = kinds.whyNot({ ...object, apiVersion })
        return [
          {
            release: `v1.${until}`,
            change: 'client',
            object: nameOf(object),
            message: `${manager} writes it as ${apiVersion}, which v1.${until} does not serve`,
            repair:
              instead === undefined
                ? `remove it from what ${manager} writes`
                : `write apiVersion: ${instead} in what ${manager} sends`,
          },
        ]
      }),
    ),
  )
}
