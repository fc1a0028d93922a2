import type { KubeObject, Verb } from '../../api/kind/definition.js'
import { discoveryFault, resourcesBehind } from '../../apiserver/extensions/aggregator.js'
import { handleHttp } from '../../apiserver/http.js'
import { ApiError } from '../../client/api-error.js'
import type { ObjectKey, UserInfo } from '../../client/client.js'
import { failureOf, isFailed } from '../../client/response.js'
import type { OtherContentClient } from '../../controllers/namespace/content.js'
import type { ServedResource } from '../../controllers/shared/served-resources.js'
import { apiVersionOf, pluralOf } from '../../controllers/shared/served-resources.js'
import type { OtherServers } from './components.js'
import type { ControlPlane } from './control-plane.js'

/** Returns the API servers behind the APIServices of a cluster, as its controllers reach them. */
export function otherServers(plane: ControlPlane): OtherServers {
  return {
    unavailable: () => plane.server.context.aggregated.unavailable(),
    check: (apiService) => discoveryFault(plane.server.context, apiService),
    client: (user) => new OtherClient(plane, user),
  }
}

/** The resources that the servers list, with their full names (`flunders.wardle.example.com`). */
function servedElsewhere({ server: { context } }: ControlPlane): readonly ServedResource[] {
  return context.aggregated.all.flatMap((apiService) => {
    const { group = '', version = '' } = apiService.spec
    return (resourcesBehind(context, apiService) ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced = false, verbs = [] }) => {
        const resource = `${name}.${group}`
        return { group, version, kind, resource, namespaced, verbs: verbs as readonly Verb[] }
      })
  })
}

/** Sends requests of a user through the aggregator. */
class OtherClient implements OtherContentClient {
  readonly served: readonly ServedResource[]
  readonly #byResource: ReadonlyMap<string, ServedResource>
  readonly #plane: ControlPlane
  readonly #user: UserInfo

  constructor(plane: ControlPlane, user: UserInfo) {
    this.served = servedElsewhere(plane)
    // the first version of a resource is used
    this.#byResource = new Map(this.served.toReversed().map((each) => [each.resource, each]))
    this.#plane = plane
    this.#user = user
  }

  list(resource: string, key: ObjectKey): { readonly items: readonly KubeObject[] } {
    return this.#send('GET', resource, key) as { readonly items: readonly KubeObject[] }
  }

  delete(resource: string, key: ObjectKey, options: object): void {
    this.#send('DELETE', resource, key, options)
  }

  deleteCollection(resource: string, key: ObjectKey, options: object): void {
    this.#send('DELETE', resource, key, options)
  }

  /** @throws ApiError */
  #send(method: string, resource: string, { namespace = '', name }: ObjectKey, options?: object): unknown {
    const served = this.#byResource.get(resource)
    if (served === undefined) throw new ApiError(404, 'NotFound', `${resource} is not served`)
    const collection = `/apis/${apiVersionOf(served)}/namespaces/${namespace}/${pluralOf(served)}`
    const response = handleHttp(this.#plane.server, {
      method,
      path: name === undefined ? collection : `${collection}/${name}`,
      user: this.#user,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      ...(options === undefined ? {} : { body: JSON.stringify(options) }),
    })
    if ('next' in response) throw new Error(`a ${method} of ${resource} became a watch`)
    if (isFailed(response)) throw failureOf(response, { method, resource, name })
    return JSON.parse(response.body)
  }
}
