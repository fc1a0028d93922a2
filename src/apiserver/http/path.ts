/** What a request path means. */
export interface ApiPath {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

/** Subresources of `namespaces/NAME/...`; anything else after a namespace's name is a resource in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

/**
 * Reads `/api/v1/...` and `/apis/GROUP/VERSION/...`; undefined for any other path. The order of the parts is that of
 * apiserver pkg/endpoints/request/requestinfo.go.
 */
export function parsePath(path: string): ApiPath | undefined {
  const parts = splitPath(path)
  if (parts === undefined) return undefined
  const isCore = parts[0] === 'api'
  if (!isCore && parts[0] !== 'apis') return undefined
  const [group, version, ...rest] = isCore ? ['', parts[1], ...parts.slice(2)] : [parts[1], parts[2], ...parts.slice(3)]
  if (group === undefined || version === undefined || rest.length === 0 || rest.some((part) => part === '')) return undefined
  const at = { group, version }
  if (rest[0] === 'namespaces' && rest.length > 2 && !(rest.length === 3 && NAMESPACE_SUBRESOURCES.has(rest[2] as string))) {
    const [, namespace = '', resource = '', name, subresource, ...more] = rest
    return more.length > 0 ? undefined : { ...at, resource, namespace, ...optional({ name, subresource }) }
  }
  const [resource = '', name, subresource, ...more] = rest
  return more.length > 0 ? undefined : { ...at, resource, ...optional({ name, subresource }) }
}

/**
 * The decoded parts of a path; undefined when a part holds an encoded slash or cannot be decoded. One slash at the end is let
 * pass.
 */
function splitPath(path: string): readonly string[] | undefined {
  const parts = path.replace(/^\//, '').replace(/\/$/, '').split('/')
  try {
    const decoded = parts.map(decodeURIComponent)
    return decoded.some((part) => part.includes('/')) ? undefined : decoded
  } catch {
    return undefined
  }
}

function optional(parts: { name: string | undefined; subresource: string | undefined }): { name?: string; subresource?: string } {
  const { name, subresource } = parts
  return { ...(name === undefined ? {} : { name }), ...(subresource === undefined ? {} : { subresource }) }
}
