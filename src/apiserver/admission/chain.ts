import type { Clock } from '../../sim/clock.js'
import { suffixAlphabet } from '../../api/names.js'
import type { KubeObject } from '../../api/definition.js'
import type { RandomStream } from '../../sim/random.js'
import type { Admission, AdmissionAttributes, AdmissionContext, AdmissionPlugin, Authorizer } from '../ports.js'
import { modify } from '../registry/modify.js'
import { listPrefix, storageKey } from '../registry/resource.js'
import type { Resources } from '../registry/resources.js'
import { KeptLists } from '../storage/kept-lists.js'
import type { Storage } from '../storage/storage.js'

/** What the chain gives its plugins access to. */
export interface AdmissionPorts {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly random: RandomStream
  readonly authorizer: Authorizer
}

/** The plugins of one phase, and which of them see a resource (or `resource/subresource`), for those that have been asked about. */
interface Phase {
  readonly plugins: readonly AdmissionPlugin[]
  readonly seeing: Map<string, readonly AdmissionPlugin[]>
}

/** The admission plugins in their order: all `mutate` first, then all `validate`. */
export class AdmissionChain implements Admission {
  readonly #mutating: Phase
  readonly #validating: Phase
  readonly #context: AdmissionContext

  constructor(plugins: readonly AdmissionPlugin[], ports: AdmissionPorts) {
    this.#mutating = phaseOf(plugins.filter((plugin) => plugin.mutate !== undefined))
    this.#validating = phaseOf(plugins.filter((plugin) => plugin.validate !== undefined))
    this.#context = contextOf(ports)
  }

  /** Runs the mutating phase on a draft. */
  mutate(attributes: AdmissionAttributes): void {
    if (!this.#round(attributes)) return
    this.#round({ ...attributes, isReinvocation: true })
  }

  /** Answers whether a plugin asks for another round. */
  #round(attributes: AdmissionAttributes): boolean {
    let again = false
    for (const plugin of pluginsFor(this.#mutating, attributes)) {
      if (plugin.mutate?.(attributes, this.#context) === true) again = true
    }
    return again
  }

  /** Runs the validating phase on the object as it will be stored. */
  validate(attributes: AdmissionAttributes): void {
    for (const plugin of pluginsFor(this.#validating, attributes)) plugin.validate?.(attributes, this.#context)
  }
}

function pluginsFor({ plugins, seeing }: Phase, { definition, subresource }: AdmissionAttributes): readonly AdmissionPlugin[] {
  const scope = subresource === '' ? definition.resource : `${definition.resource}/${subresource}`
  let found = seeing.get(scope)
  if (found === undefined) {
    found = plugins.filter(({ resources }) => resources === undefined || resources.includes(scope))
    seeing.set(scope, found)
  }
  return found
}

const phaseOf = (plugins: readonly AdmissionPlugin[]): Phase => ({ plugins, seeing: new Map() })

function contextOf({ storage, resources, clock, random, authorizer }: AdmissionPorts): AdmissionContext {
  const lists = new KeptLists(storage)
  return {
    get now() {
      return clock.now()
    },
    get: <T extends KubeObject>(name: string, namespace: string, object: string) => {
      const resource = resources.find(name)
      return resource === undefined ? undefined : storage.get(storageKey(resource, namespace, object)) as T | undefined
    },
    list: <T extends KubeObject>(name: string, namespace?: string) => {
      const resource = resources.find(name)
      return resource === undefined ? [] : lists.of(listPrefix(resource, namespace)) as readonly KubeObject[] as readonly T[]
    },
    replace: (name, stored, next) => {
      modify({ storage }, { dryRun: false }, resources.get(name), stored, (draft) => void Object.assign(draft, { ...next, metadata: draft.metadata }))
    },
    suffix: (length) => random.text(length, suffixAlphabet),
    resourcesOf: (group, version, kind) => resources.all
      .filter((one) => one.group === group && one.kind === kind && resources.at(group, version, one.resource) !== undefined)
      .map(({ resource, namespaced }) => ({ resource, namespaced })),
    authorize: (user, attributes) => authorizer.authorize(user, attributes),
  }
}
