import { exactJson } from '../../lang/json/exact-json.js'
import type { CustomResourceDefinition } from '../../api/apiextensions/generated.js'
import type { Node } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { parseApiVersion } from '../../api/api-version.js'
import { InputError } from '../../lang/input-error.js'
import { parseManifests } from '../../api/manifests.js'
import { whyNotServed } from '../../api/not-served.js'
import { createScheme } from '../../api/scheme.js'
import { keyOfObject, Resources } from '../../apiserver/registry/resources.js'
import { EtcdStore } from '../../etcd/store.js'
import { DEFAULTS } from '../compose/options.js'
import { type EtcdImportOptions, importEtcdStore, versionOf } from './etcd-import.js'
import type { ClusterSnapshot } from './snapshot.js'

/** Objects to import: texts of `kubectl get -o json` or `-o yaml`, Lists, objects, and lists of these. */
export type ImportedObjects = string | object | Iterable<string | object>

/** Returns the objects of texts and Lists; see {@link ImportedObjects}. */
export function objectsIn(input: ImportedObjects): readonly KubeObject[] {
  const parts = typeof input === 'object' && Symbol.iterator in input ? [...input] : [input]
  const objects = parts.flatMap((part) => parseManifests(part))
  if (objects.length === 0)
    throw new InputError('SimCluster.fromObjects(): there is no object in what was given')
  return objects
}

/**
 * Puts objects into an etcd as they are, uids and status included, and returns the cluster on it. Objects of
 * custom kinds need their CustomResourceDefinition among the others.
 * @throws InputError for a kind that is not served
 */
export function importObjects(
  objects: readonly KubeObject[],
  options: Omit<EtcdImportOptions, 'skipHashCheck'>,
): ClusterSnapshot {
  const version = options.version ?? versionOf(ofKind<Node>(objects, 'Node')) ?? DEFAULTS.version
  const store = new EtcdStore({ clock: { now: () => options.time?.start ?? 0 } })
  const keyOf = keysIn(version, ofKind<CustomResourceDefinition>(objects, 'CustomResourceDefinition'))
  for (const object of objects) {
    const { resourceVersion: _ofTheOther, ...metadata } = object.metadata
    const text = exactJson({ ...object, metadata })
    store.put({ key: keyOf(object), value: new TextEncoder().encode(text) })
  }
  return importEtcdStore(store, { ...options, version })
}

const ofKind = <T extends KubeObject>(objects: readonly KubeObject[], kind: string): readonly T[] =>
  objects.filter((object): object is T => object.kind === kind)

/** Returns a function that gives the etcd key of an object. */
function keysIn(
  version: string,
  definitions: readonly CustomResourceDefinition[],
): (object: KubeObject) => string {
  const scheme = createScheme(version)
  const resources = new Resources(scheme)
  const custom = new Map(
    definitions.map(({ spec: { group, names, scope } }) => [
      `${group}/${names.kind}`,
      { prefix: `/registry/${group}/${names.plural}/`, isNamespaced: scope === 'Namespaced' },
    ]),
  )
  return (object) => {
    const { apiVersion = '', kind = '', metadata } = object
    const { group } = parseApiVersion(apiVersion)
    const known = scheme.ofObject(apiVersion, kind)
    if (known !== undefined) {
      const name = group === '' ? known.resource : `${known.resource}.${group}`
      return keyOfObject(resources.get(name), object)
    }
    const found = custom.get(`${group}/${kind}`)
    if (found === undefined)
      throw new InputError(
        `${version} does not serve ${apiVersion} ${kind}: ${whyNotServed(scheme, apiVersion, kind)}`,
      )
    return `${found.prefix}${found.isNamespaced ? `${metadata.namespace ?? ''}/` : ''}${metadata.name ?? ''}`
  }
}
