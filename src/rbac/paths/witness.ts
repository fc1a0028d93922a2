import type { PolicyRule } from '../../api/rbac/generated.js'
import type { AccessQuestion } from '../evaluate.js'

const VERBS = ['delete', 'create', 'get', 'update', 'list', 'deletecollection', 'patch', 'watch']
const RESOURCES: readonly (readonly [string, string])[] = [
  ['', 'secrets'],
  ['', 'nodes'],
  ['apps', 'deployments'],
  ['rbac.authorization.k8s.io', 'clusterroles'],
  ['', 'pods'],
]
const PATHS = ['/metrics', '/debug/pprof', '/logs']

/** Yields queries that a rule with single values allows, starting with those that apply to any cluster. */
export function* witnesses(
  { verbs: [verb = '*'], apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule,
  namespace: string,
): Generator<AccessQuestion, void, undefined> {
  const words = verb === '*' ? VERBS : [verb]
  const [url] = nonResourceURLs ?? []
  if (url !== undefined) {
    if (namespace === '')
      for (const word of words)
        for (const path of pathsOf(url)) yield { verb: word === 'list' ? 'get' : word, path }
    return
  }
  const [group = '*'] = apiGroups ?? []
  const [name] = resourceNames ?? []
  const more = { ...(name === undefined ? {} : { name }), ...(namespace === '' ? {} : { namespace }) }
  for (const word of words)
    for (const [apiGroup, resource] of resourcesOf(group, resources?.[0] ?? '*')) {
      const [plural = '', subresource] = resource.split('/')
      yield {
        verb: word,
        apiGroup,
        resource: plural,
        ...(subresource === undefined ? {} : { subresource }),
        ...more,
      }
    }
}

function resourcesOf(group: string, resource: string): readonly (readonly [string, string])[] {
  const part = resource.startsWith('*/') ? resource.slice(1) : ''
  const known =
    part === '' && resource !== '*'
      ? [[group === '*' ? '' : group, resource] as const]
      : RESOURCES.map(([of, name]) => [of, `${name}${part}`] as const)
  if (group === '*') return known
  const fitting = known.filter(([of]) => of === group)
  return fitting.length > 0 ? fitting : [[group, `things${part}`]]
}

function pathsOf(url: string): readonly string[] {
  if (url === '*') return PATHS
  return [url.endsWith('*') ? `${url.replace(/\*+$/, '')}x` : url]
}
