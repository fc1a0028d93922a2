import type { KindDefinition } from '../../api/definition.js'
import type { Scheme } from '../../api/scheme.js'
import type { ApiGroup } from '../discovery.js'

/** The kinds of a scheme that a server has told of; the scheme itself when it has told of all. */
export function servedScheme(scheme: Scheme, groups: readonly ApiGroup[]): Scheme {
  const names = new Set(
    groups.flatMap(({ group, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ name }) => `${group}/${version}/${name}`),
      ),
    ),
  )
  const isServed = ({ group, version, resource, verbs }: KindDefinition): boolean =>
    verbs.length === 0 || names.has(`${group}/${version}/${resource}`)
  if (scheme.definitions().every(isServed)) return scheme
  const only = (definition: KindDefinition | undefined): KindDefinition | undefined =>
    definition !== undefined && isServed(definition) ? definition : undefined
  return {
    release: scheme.release,
    tables: scheme.tables,
    definitions: () => scheme.definitions().filter(isServed),
    byKind: (...at) => only(scheme.byKind(...at)),
    byResource: (...at) => only(scheme.byResource(...at)),
    ofObject: (...at) => only(scheme.ofObject(...at)),
    byName: (name) => only(scheme.byName(name)),
    inCategory: (category) => scheme.inCategory(category).filter(isServed),
    storedDefinition: (definition) => scheme.storedDefinition(definition),
    messageOf: (definition) => scheme.messageOf(definition),
    add: (...parts) => scheme.add(...parts),
    remove: (...parts) => scheme.remove(...parts),
  }
}
