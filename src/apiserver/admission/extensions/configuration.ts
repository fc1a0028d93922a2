import type {
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../../../api/admissionregistration/generated.js'
import type { KindDefinition, KubeObject } from '../../../api/kind/definition.js'
import type { RandomStream } from '../../../sim/random.js'
import type { ServerDependencies } from '../../server-dependencies.js'
import type { ProxyNetwork } from '../../proxied.js'
import type { Resources } from '../../registry/resources.js'
import type { Storage } from '../../storage/storage.js'
import { prefixEnd } from '../../storage/storage.js'
import type { WebhookHandlers } from './call-webhook.js'

/** Parts of the server that policies and webhooks need. */
export interface ExtensionDependencies {
  readonly storage: Storage
  readonly resources: Resources
  readonly random: RandomStream
  readonly handlers: WebhookHandlers
  readonly network: () => ProxyNetwork | undefined
  readonly authorizer: ServerDependencies['authorizer']
}

const kinds = {
  policies: '/registry/validatingadmissionpolicies/',
  bindings: '/registry/validatingadmissionpolicybindings/',
  validating: '/registry/validatingwebhookconfigurations/',
  mutating: '/registry/mutatingwebhookconfigurations/',
} as const

interface Lists {
  policies?: readonly ValidatingAdmissionPolicy[]
  bindings?: readonly ValidatingAdmissionPolicyBinding[]
  validating?: readonly ValidatingWebhookConfiguration[]
  mutating?: readonly MutatingWebhookConfiguration[]
}

/**
 * The stored policies and webhook configurations, sorted by name. Each list is read again only after a write
 * to one of them, so that they cost a write nothing where there are none.
 */
export class ExtensionConfiguration {
  readonly dependencies: ExtensionDependencies
  #lists: Lists = {}

  constructor(dependencies: ExtensionDependencies) {
    this.dependencies = dependencies
    dependencies.storage.subscribe(({ key }) => {
      if (Object.values(kinds).some((prefix) => key.startsWith(prefix))) this.#lists = {}
    })
  }

  /** Whether there are no policies and no webhooks. */
  get isEmpty(): boolean {
    return this.policies.length === 0 && this.validating.length === 0 && this.mutating.length === 0
  }

  get policies(): readonly ValidatingAdmissionPolicy[] {
    return (this.#lists.policies ??= this.#read(kinds.policies))
  }

  get bindings(): readonly ValidatingAdmissionPolicyBinding[] {
    return (this.#lists.bindings ??= this.#read(kinds.bindings))
  }

  get validating(): readonly ValidatingWebhookConfiguration[] {
    return (this.#lists.validating ??= this.#read(kinds.validating))
  }

  get mutating(): readonly MutatingWebhookConfiguration[] {
    return (this.#lists.mutating ??= this.#read(kinds.mutating))
  }

  /** Returns all served versions of a kind. */
  versions(definition: KindDefinition): readonly KindDefinition[] {
    return this.dependencies.resources.all
      .filter(({ prefix }) => prefix === `${definition.storagePrefix}/`)
      .map((resource) => resource.definition)
  }

  #read<T extends KubeObject>(prefix: string): readonly T[] {
    return this.dependencies.storage.list({
      from: prefix,
      to: prefixEnd(prefix),
    }) as readonly KubeObject[] as readonly T[]
  }
}

/** Converts an object to another version of its kind. */
export function inVersion<T extends KubeObject | undefined>(
  object: T,
  from: KindDefinition,
  to: KindDefinition,
): T {
  if (object === undefined || from === to) return object
  const stored = from.stored === undefined ? object : from.stored.encode(object)
  return (to.stored === undefined ? stored : to.stored.decode(stored)) as T
}
