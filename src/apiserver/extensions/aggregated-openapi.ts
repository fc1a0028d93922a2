import type { UserInfo } from '../../client/client.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'
import { isPlainObject } from '../../lang/json/plain-json.js'
import type { RegistryContext } from '../registry/context.js'
import { isAvailable } from './aggregated-services.js'
import { forward } from './aggregator.js'

/** As whom the aggregator reads documents. Source: kube-aggregator pkg/controllers/openapiv3/aggregator. */
export const AGGREGATOR: UserInfo = { name: 'system:aggregator' }

/**
 * Returns the OpenAPI v3 documents of servers behind available APIServices, by name (`apis/GROUP/VERSION`),
 * with where each server says it is. A server without OpenAPI v3 has none.
 */
export function aggregatedDocuments(context: RegistryContext): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const apiService of context.aggregated.all) {
    const { group = '', version = '' } = apiService.spec
    if (!isAvailable(apiService)) continue
    const index = forward(context, [group, version], { method: 'GET', path: '/openapi/v3' }, AGGREGATOR)
    const name = `apis/${group}/${version}`
    const url = index.code === 200 ? urlIn(index.body, name) : undefined
    if (url !== undefined) found.set(name, url)
  }
  return found
}

function urlIn(index: string, name: string): string | undefined {
  const { paths } = parsed(index)
  const entry = isPlainObject(paths) && Object.hasOwn(paths, name) ? paths[name] : undefined
  const url = isPlainObject(entry) ? entry['serverRelativeURL'] : undefined
  return typeof url === 'string' ? url : undefined
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isPlainObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Returns the response of another server to a request for its document; undefined if this one has it. */
export function aggregatedDocument(
  context: RegistryContext,
  http: HttpRequest,
  name: string,
): HttpResponse | undefined {
  const [root, group = '', version = '', ...more] = name.split('/')
  if (root !== 'apis' || more.length > 0 || !context.aggregated.serves(group, version)) return undefined
  return forward(context, [group, version], http, AGGREGATOR)
}
