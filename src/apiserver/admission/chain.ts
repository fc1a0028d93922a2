import type { Admission, AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { suffixAlphabet } from '../../api/validation/names.js'
import type { Clock } from '../../sim/clock.js'
import type { RandomStream } from '../../sim/random.js'
import type { AccessAttributes, Authorization, Authorizer } from '../authorization/authorizer.js'
import type { UserInfo } from '../../client/client.js'
import { modify } from '../registry/stored.js'
import { listPrefix, storageKey, type Resources } from '../registry/resources.js'
import { KeptLists } from '../storage/kept-lists.js'
import type { Storage } from '../storage/storage.js'

/**
 * The plugins of one phase. `seeing` caches which of them see a resource (or `resource/subresource`), and
 * which see its connections.
 */
interface Phase {
  readonly plugins: readonly AdmissionPlugin[]
  readonly seeing: Map<string, readonly AdmissionPlugin[]>
}

/** Runs the admission plugins in their order. Every `mutate` runs before any `validate`. */
export class AdmissionChain implements Admission {
  readonly #mutating: Phase
  readonly #validating: Phase
  readonly #context: AdmissionContext

  constructor(plugins: readonly AdmissionPlugin[], dependencies: AdmissionDependencies) {
    this.#mutating = phaseOf(plugins.filter((plugin) => plugin.mutate !== undefined))
    this.#validating = phaseOf(plugins.filter((plugin) => plugin.validate !== undefined))
    this.#context = new StoreContext(dependencies)
  }

  /** Runs the mutating phase on a draft. */
  mutate(attributes: AdmissionAttributes): void {
    if (!this.#round(attributes)) return
    this.#round({ ...attributes, isReinvocation: true })
  }

  /** Returns whether a plugin asks for another round. */
  #round(attributes: AdmissionAttributes): boolean {
    let again = false
    for (const plugin of pluginsFor(this.#mutating, attributes)) {
      if (plugin.mutate?.(attributes, this.#context) === true) again = true
    }
    return again
  }

  /** Runs the validating phase on the object as it will be stored. */
  validate(attributes: AdmissionAttributes): void {
    for (const plugin of pluginsFor(this.#validating, attributes))
      plugin.validate?.(attributes, this.#context)
  }
}

function pluginsFor(
  { plugins, seeing }: Phase,
  { definition, subresource, operation }: AdmissionAttributes,
): readonly AdmissionPlugin[] {
  const scope = subresource === '' ? definition.resource : `${definition.resource}/${subresource}`
  const isConnect = operation === 'CONNECT'
  const key = isConnect ? `CONNECT ${scope}` : scope
  let found = seeing.get(key)
  if (found === undefined) {
    found = plugins.filter(
      ({ resources, seesConnections = false }) =>
        (resources === undefined || resources.includes(scope)) && (seesConnections || !isConnect),
    )
    seeing.set(key, found)
  }
  return found
}

const phaseOf = (plugins: readonly AdmissionPlugin[]): Phase => ({ plugins, seeing: new Map() })

/** Parts of the server that plugins may use. */
export interface AdmissionDependencies {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly random: RandomStream
  readonly authorizer: Authorizer
}

/** The view of the store that plugins get. */
class StoreContext implements AdmissionContext {
  readonly #dependencies: AdmissionDependencies
  readonly #lists: KeptLists

  constructor(dependencies: AdmissionDependencies) {
    this.#dependencies = dependencies
    this.#lists = new KeptLists(dependencies.storage)
  }

  get now(): number {
    return this.#dependencies.clock.now()
  }

  get<T extends KubeObject>(name: string, namespace: string, object: string): T | undefined {
    const { resources, storage } = this.#dependencies
    const resource = resources.find(name)
    return resource === undefined
      ? undefined
      : (storage.get(storageKey(resource, namespace, object)) as T | undefined)
  }

  list<T extends KubeObject>(name: string, namespace?: string): readonly T[] {
    const resource = this.#dependencies.resources.find(name)
    return resource === undefined
      ? []
      : (this.#lists.of(listPrefix(resource, namespace)) as readonly KubeObject[] as readonly T[])
  }

  replace<T extends KubeObject>(name: string, stored: T, next: T): void {
    const { resources, storage } = this.#dependencies
    modify(
      { storage },
      { dryRun: false },
      resources.get(name),
      stored,
      (draft) => void Object.assign(draft, { ...next, metadata: draft.metadata }),
    )
  }

  suffix(length: number): string {
    return this.#dependencies.random.text(length, suffixAlphabet)
  }

  resourcesOf(
    group: string,
    version: string,
    kind: string,
  ): readonly { readonly resource: string; readonly namespaced: boolean }[] {
    const { resources } = this.#dependencies
    return resources.all
      .filter(
        (one) =>
          one.group === group &&
          one.kind === kind &&
          resources.at(group, version, one.resource) !== undefined,
      )
      .map(({ resource, namespaced }) => ({ resource, namespaced }))
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    return this.#dependencies.authorizer.authorize(user, attributes)
  }
}
