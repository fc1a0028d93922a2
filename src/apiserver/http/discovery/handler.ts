import { methodNotAllowed, noSuchPath } from '../../errors.js'
import type { RegistryContext } from '../../registry/context.js'
import { negotiate, negotiateDiscovery } from '../accept.js'
import { forward } from '../../extensions/aggregator.js'
import { objectResponse, pageNotFound, wantsPretty } from '../responses.js'
import type { HttpResponse } from '../../../client/http.js'
import { header } from '../../../client/http.js'
import type { PathRequest } from '../path.js'
import type { DiscoveryVersion } from './aggregated.js'
import { aggregatedDiscovery } from './aggregated.js'
import { allGroups } from './all-groups.js'
import { isBuiltInGroup } from './groups.js'
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.js'

/**
 * Handles `/api`, `/apis`, `/api/v1`, `/apis/GROUP`, `/apis/GROUP/VERSION` and all other paths below `/api`
 * and `/apis` that are not resources. Unknown paths get a Status below a built-in group, elsewhere plain
 * text.
 */
export function handleDiscovery(context: RegistryContext, request: PathRequest): HttpResponse {
  const {
    parts: [root = '', ...rest],
    http,
  } = request
  const group = root === 'api' ? '' : rest[0]
  const version = (root === 'api' ? rest[0] : rest[1]) ?? ''
  if (group !== undefined && context.aggregated.serves(group, version))
    return forward(context, [group, version], http, request.user)
  if (group !== undefined && !isBuiltInGroup(context.scheme, group))
    return handleCustom(context, request, group)
  const object = documentAt(context, root, rest)
  if (object === undefined) throw noSuchPath()
  if (http.method !== 'GET') throw methodNotAllowed()
  if (rest.length > 0) return negotiated(request, object)
  return handleRoot(context, request, root as 'api' | 'apis', object)
}

/** Handles the paths of CRD groups, which have only discovery documents. */
function handleCustom(context: RegistryContext, request: PathRequest, group: string): HttpResponse {
  const [, ...rest] = request.parts
  const object = isKnown(context, group) ? documentAt(context, 'apis', rest) : undefined
  return object === undefined || request.http.method !== 'GET' ? pageNotFound() : negotiated(request, object)
}

const isKnown = (context: RegistryContext, group: string): boolean =>
  allGroups(context).some(({ name }) => name === group)

function documentAt(context: RegistryContext, root: string, rest: readonly string[]): object | undefined {
  if (rest.length === 0) return root === 'api' ? apiVersions(context) : apiGroupList(context)
  const [name, version, ...more] = root === 'api' ? ['', ...rest] : rest
  const group = allGroups(context).find((one) => one.name === name)
  if (group === undefined || more.length > 0) return undefined
  if (version === undefined) return apiGroup(group)
  const found = group.versions.find((one) => one.version === version)
  return found === undefined ? undefined : apiResourceList(context, group, found)
}

function negotiated({ http, form, query }: PathRequest, object: object): HttpResponse {
  const { format } = negotiate(header(http, 'accept'))
  form.format = format
  return objectResponse(200, object, { format, pretty: wantsPretty(http, query) })
}

/** Returns the document of `/api` or `/apis`, in aggregated form if the client accepts it. */
function handleRoot(
  context: RegistryContext,
  request: PathRequest,
  root: 'api' | 'apis',
  legacy: object,
): HttpResponse {
  const { http, query } = request
  const { release } = context.scheme
  if (!release.has('aggregatedDiscovery')) return negotiated(request, legacy)
  const versions: readonly DiscoveryVersion[] = release.has('aggregatedDiscoveryV2')
    ? ['v2', 'v2beta1']
    : ['v2beta1']
  const asked = negotiateDiscovery(header(http, 'accept'), versions)
  const vary = { vary: 'Accept' }
  if (asked === undefined) {
    const response = negotiated(request, legacy)
    return { ...response, headers: { ...response.headers, ...vary } }
  }
  request.form.format = asked.format
  const { document, etag } = aggregatedDiscovery(context, root, asked.version)
  const headers = { etag: `"${etag}"`, ...vary, 'cache-control': 'public' }
  if (header(http, 'if-none-match') === headers.etag) return { code: 304, headers, body: '' }
  return objectResponse(200, document, {
    format: asked.format,
    headers,
    pretty: wantsPretty(http, query),
    parameters: `;g=apidiscovery.k8s.io;v=${asked.version};as=APIGroupDiscoveryList`,
  })
}
