import type { Admission, AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'
import { StoreContext } from './store-context.js'
import type { AdmissionPorts } from './store-context.js'

/**
 * The plugins of one phase, and which of them see a resource (or `resource/subresource`), for those that have
 * been asked about.
 */
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
    this.#context = new StoreContext(ports)
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
    for (const plugin of pluginsFor(this.#validating, attributes))
      plugin.validate?.(attributes, this.#context)
  }
}

function pluginsFor(
  { plugins, seeing }: Phase,
  { definition, subresource }: AdmissionAttributes,
): readonly AdmissionPlugin[] {
  const scope = subresource === '' ? definition.resource : `${definition.resource}/${subresource}`
  let found = seeing.get(scope)
  if (found === undefined) {
    found = plugins.filter(({ resources }) => resources === undefined || resources.includes(scope))
    seeing.set(scope, found)
  }
  return found
}

const phaseOf = (plugins: readonly AdmissionPlugin[]): Phase => ({ plugins, seeing: new Map() })
