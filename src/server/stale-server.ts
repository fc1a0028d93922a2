import { forbidden } from '../api/field-error.js'
import { invalid } from '../apiserver/errors.js'
import { parsePath } from '../apiserver/http/path.js'
import { boolean } from '../apiserver/http/query.js'
import { parseRequest } from '../apiserver/http/resource-request.js'
import { errorResponse } from '../apiserver/http/responses.js'
import type { HttpRequest, HttpResponse } from '../client/http.js'

const FIELD = 'sendInitialEvents'

/** Source: internalversion/validation/validation.go, without the feature gate WatchList. */
const noWatchList = (): HttpResponse =>
  errorResponse(
    invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      forbidden(FIELD, `${FIELD} is forbidden for watch unless the WatchList feature gate is enabled`),
    ]),
  )

/**
 * Handles a request as an apiserver would whose cache is behind: lists show the state at a revision. A watch
 * that asks for the objects first is refused, so that the client lists.
 */
export function handleAt<Answer>(
  revision: number,
  request: HttpRequest,
  next: (request: HttpRequest) => Answer,
): Answer | HttpResponse {
  const path = parsePath(request.path)
  if (path === undefined) return next(request)
  const { request: asked, query } = parseRequest(request, path)
  if (asked.verb === 'watch' && boolean(query.get(FIELD) ?? 'false')) return noWatchList()
  if (asked.verb !== 'list' || query.has('continue')) return next(request)
  query.set('resourceVersion', String(revision))
  query.set('resourceVersionMatch', 'Exact')
  return next({ ...request, query: query.toString() })
}

/** The line that ends a watch whose revision the server no longer has. */
export const GONE: string = JSON.stringify({
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'too old resource version',
    reason: 'Expired',
    code: 410,
  },
})
