import type { Convert, CustomKind } from '../../api/apiextensions/custom/custom-kind.js'
import { customKinds } from '../../api/apiextensions/custom/custom-kind.js'
import type { CustomResourceDefinition } from '../../api/apiextensions/generated.js'
import { definitionInV1 } from '../../api/apiextensions/v1beta1.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { Scheme } from '../../api/scheme.js'
import type { Storage } from '../storage/storage.js'
import { prefixEnd } from '../storage/storage.js'
import { isConditionTrue } from '../../api/apiextensions/conditions.js'
import { byKey } from '../../lang/text/order.js'

const PREFIX = '/registry/apiextensions.k8s.io/customresourcedefinitions/'

interface Installed {
  readonly crd: CustomResourceDefinition
  readonly kinds: readonly CustomKind[]
}

/** Parts of the server that custom resources need. */
export interface CustomResourcesDependencies {
  readonly storage: Storage
  readonly scheme: Scheme
  /** Returns the converter between the versions of a CRD. */
  readonly converter: (crd: CustomResourceDefinition) => Convert
  /** Called when a write has made kinds served that were not. */
  readonly onServed: () => void
}

/**
 * Serves the kinds of the stored CRDs. The scheme's kinds are derived from the CRDs, at the start and after
 * each write of one. They are in the order of the CRDs' names, whatever the order of creation, so that a
 * server over a copied store has the same. Source: apiextensions pkg/apiserver/customresource_handler.go.
 */
export class CustomResources {
  readonly #dependencies: CustomResourcesDependencies
  readonly #installed = new Map<string, Installed>()

  constructor(dependencies: CustomResourcesDependencies) {
    this.#dependencies = dependencies
  }

  /** Adds the kinds of the stored CRDs, and follows further writes. */
  follow(): void {
    const { storage } = this.#dependencies
    for (const crd of storage.list({ from: PREFIX, to: prefixEnd(PREFIX) }))
      this.#set(PREFIX + (crd.metadata.name ?? ''), definitionInV1(crd))
    storage.subscribe((change) => {
      const { key } = change
      if (!key.startsWith(PREFIX)) return
      const { object } = change
      const before = this.#installed.get(key)
      this.#set(key, object === undefined ? undefined : definitionInV1(object))
      const after = this.#installed.get(key)
      if (after !== undefined && after !== before) this.#dependencies.onServed()
    })
  }

  #set(key: string, crd: CustomResourceDefinition | undefined): void {
    const before = this.#installed.get(key)
    if (crd === undefined || !isConditionTrue(crd, 'Established')) {
      if (before === undefined) return
      this.#installed.delete(key)
      this.#remove(before)
      return
    }
    if (before !== undefined && servesSame(before.crd, crd)) return
    const kinds = customKinds(crd, this.#dependencies.converter(crd)).filter(
      (kind) => !this.#isBuiltIn(kind, before),
    )
    const isLast = [...this.#installed.keys()].every((other) => other < key)
    if (before === undefined && isLast) {
      this.#installed.set(key, { crd, kinds })
      this.#add({ crd, kinds })
      return
    }
    const others = [...this.#installed.entries()].filter(([other]) => other !== key)
    for (const one of this.#installed.values()) this.#remove(one)
    this.#installed.clear()
    const all = [...others, [key, { crd, kinds }] as const].sort(byKey)
    for (const [name, one] of all) {
      this.#installed.set(name, one)
      this.#add(one)
    }
  }

  /** A built-in kind cannot be replaced by a CRD. */
  #isBuiltIn({ definition: { group, version, kind } }: CustomKind, before: Installed | undefined): boolean {
    const known = this.#dependencies.scheme.byKind(group, version, kind)
    return known !== undefined && before?.kinds.some(({ definition }) => definition === known) !== true
  }

  #add({ kinds }: Installed): void {
    for (const { definition, schema } of kinds) this.#dependencies.scheme.add(definition, schema)
  }

  #remove({ kinds }: Installed): void {
    for (const {
      definition: { group, version, kind },
    } of kinds)
      this.#dependencies.scheme.remove(group, version, kind)
  }
}

/** Whether two versions of a CRD serve the same kinds. */
function servesSame(a: CustomResourceDefinition, b: CustomResourceDefinition): boolean {
  return (
    semanticEqual(a.spec, b.spec) &&
    semanticEqual(a.status.acceptedNames, b.status.acceptedNames) &&
    isConditionTrue(a, 'Terminating') === isConditionTrue(b, 'Terminating') &&
    a.metadata.uid === b.metadata.uid
  )
}
