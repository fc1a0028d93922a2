import type { UserInfo } from '../../client/client.js'
import type { RegistryContext } from '../registry/context.js'
import type { BodyFormat } from './responses.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'

/** The parsed path of a resource request. */
export interface ApiPath {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  /** The rest after the subresource, without a leading slash (`pods/NAME/proxy/a/b`). */
  readonly rest?: string
  /** `/api/v1/watch/...`: the old form of a watch. */
  readonly isWatchPath?: true
}

/** Subresources of `namespaces/NAME/...`; anything else after a namespace's name is a resource in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

/**
 * Parses `/api/v1/...` and `/apis/GROUP/VERSION/...`. Returns undefined for paths that are not resources,
 * such as discovery. Empty parts are kept (`/api/v1//namespaces` has the resource ``). Source: apiserver
 * pkg/endpoints/request/requestinfo.go.
 */
export function parsePath(path: string): ApiPath | undefined {
  const parts = splitPath(path)
  if (parts === undefined || parts.length < 3) return undefined
  const isCore = parts[0] === 'api'
  if (!isCore && (parts[0] !== 'apis' || parts.length < 4)) return undefined
  const [group = '', version = '', ...rest] = isCore ? ['', ...parts.slice(1)] : parts.slice(1)
  const isWatchPath = rest[0] === 'watch' && rest.length > 1
  const at = { group, version, ...(isWatchPath ? { isWatchPath } : {}) }
  return { ...at, ...resourceParts(isWatchPath ? rest.slice(1) : rest) }
}

function resourceParts(parts: readonly string[]): Omit<ApiPath, 'group' | 'version'> {
  if (
    parts[0] === 'namespaces' &&
    parts.length > 2 &&
    !(parts.length === 3 && NAMESPACE_SUBRESOURCES.has(parts[2] as string))
  ) {
    return { ...named(parts.slice(2)), ...optional({ namespace: parts[1] === '' ? undefined : parts[1] }) }
  }
  return named(parts)
}

function named([resource = '', name, subresource, ...more]: readonly string[]): Omit<
  ApiPath,
  'group' | 'version'
> {
  return {
    resource,
    ...optional({ name, subresource, rest: more.length === 0 ? undefined : more.join('/') }),
  }
}

function optional<T extends Readonly<Record<string, string | undefined>>>(
  parts: T,
): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string
  }
}

/**
 * Returns the parts of a path without slashes at its ends. It is decoded first, so that an encoded slash
 * separates parts, too. Returns undefined if it cannot be decoded.
 */
export function splitPath(path: string): readonly string[] | undefined {
  try {
    const trimmed = decodeURIComponent(path).replace(/^\/+|(?<!\/)\/+$/g, '')
    return trimmed === '' ? [] : trimmed.split('/')
  } catch {
    return undefined
  }
}

/** A request for a path that is not a resource. */
export interface PathRequest {
  readonly http: HttpRequest
  /** The decoded path. */
  readonly path: string
  /** The parts between its slashes; empty for `/`. */
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  /** Who sends it. */
  readonly user: UserInfo
  /** Format of the response for errors; handlers set it as soon as they know it. */
  readonly form: { format: BodyFormat }
}

/** Handles one kind of path. A thrown ApiError becomes a Status. */
export type PathHandler = (context: RegistryContext, request: PathRequest) => HttpResponse
