import { ignoreNotFound } from '../../client/api-error.js'
import type { SimCluster } from '../sim-cluster.js'
import type { Loaded } from './load.js'
import { nameOf, type Sourced } from './read-manifests.js'
import type { LoadedTemplate } from './templates.js'

/**
 * Who might create what manifests lack: programs do not run here, so that an operator's Secrets, or the
 * certificates that a Job makes, never come.
 */
export class Makers {
  readonly #cluster: SimCluster
  readonly #templates: readonly LoadedTemplate[]
  /** Every text in custom objects and in annotations, which operators read, with the object that has it. */
  readonly #mentions = new Map<string, string>()
  readonly #allowed = new Map<string, boolean>()
  /** Whether there are objects that only an operator understands. */
  readonly hasCustomObjects: boolean

  constructor(
    cluster: SimCluster,
    loaded: readonly Loaded[],
    templates: readonly LoadedTemplate[],
    all: readonly Sourced[],
  ) {
    this.#cluster = cluster
    this.#templates = templates
    const builtIn = new Set(loaded.filter(({ served }) => !served.isCustom).map(({ source }) => source))
    this.hasCustomObjects = all.some((source) => !builtIn.has(source))
    for (const source of all) {
      const { object } = source
      const text = nameOf(object)
      if (!builtIn.has(source)) this.#mention(object, text)
      else this.#mention(object.metadata?.annotations ?? {}, text)
    }
  }

  #mention(value: unknown, by: string): void {
    if (typeof value === 'string') this.#mentions.set(value, by)
    else if (typeof value === 'object' && value !== null)
      for (const member of Object.values(value)) this.#mention(member, by)
  }

  /** Returns who may create an object: an operator's object that names it, or a workload with that right. */
  of(resource: string, namespace: string | undefined, name: string, but?: Loaded): string | undefined {
    const mention = this.#mentions.get(name)
    if (mention !== undefined) return mention
    return this.withRight(resource, namespace, but)
  }

  /** Returns a workload whose service account may create objects of a resource. */
  withRight(resource: string, namespace: string | undefined, but?: Loaded): string | undefined {
    const found = this.#templates.find(
      (template) => template.owner !== but && this.#may(template.user, resource, namespace),
    )
    return found && nameOf(found.owner.object)
  }

  #may(user: string, resource: string, namespace: string | undefined): boolean {
    const key = `${user} ${resource} ${namespace ?? ''}`
    let allowed = this.#allowed.get(key)
    if (allowed === undefined) {
      const [, , home = ''] = user.split(':')
      const groups = ['system:serviceaccounts', `system:serviceaccounts:${home}`]
      const verdict = ignoreNotFound(() =>
        this.#cluster.can({ user, groups }, 'create', resource, namespace === undefined ? {} : { namespace }),
      )
      this.#allowed.set(key, (allowed = verdict?.allowed === true))
    }
    return allowed
  }
}
