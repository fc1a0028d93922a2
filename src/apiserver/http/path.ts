import type { RegistryContext } from '../registry/context.js'
import type { TextFormat } from './answers.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'

/** What the path of a resource request means. */
export interface ApiPath {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  /** What follows the subresource, without a slash in front (`pods/NAME/proxy/a/b`). */
  readonly rest?: string
  /** `/api/v1/watch/...`: the old form of a watch. */
  readonly isWatchPath?: true
}

/** Subresources of `namespaces/NAME/...`; anything else after a namespace's name is a resource in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

/**
 * Reads `/api/v1/...` and `/apis/GROUP/VERSION/...`; undefined for any other path, which is then no resource:
 * discovery among others. Parts that are empty stay (`/api/v1//namespaces` asks for the resource ``). Source:
 * apiserver pkg/endpoints/request/requestinfo.go.
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
 * The parts of a path, decoded as a whole, so that an encoded slash parts too; slashes at both ends count for
 * nothing. Undefined when it cannot be decoded.
 */
export function splitPath(path: string): readonly string[] | undefined {
  try {
    const trimmed = decodeURIComponent(path).replace(/^\/+|\/+$/g, '')
    return trimmed === '' ? [] : trimmed.split('/')
  } catch {
    return undefined
  }
}

/** A request for a path that is no resource. */
export interface PathRequest {
  readonly http: HttpRequest
  /** Decoded, as it came. */
  readonly path: string
  /** The parts between its slashes; empty for `/`. */
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  /** Takes the format of the answer as soon as it is known, for errors. */
  readonly form: { format: TextFormat }
}

/** Answers one kind of path. What it throws becomes a Status. */
export type PathHandler = (context: RegistryContext, request: PathRequest) => HttpResponse
