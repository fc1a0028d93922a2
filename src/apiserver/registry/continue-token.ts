import { badRequest } from '../errors.js'

/**
 * Where a chunked list goes on: key relative to the list's prefix, and the revision of the first chunk (-1:
 * whatever is now).
 */
export interface ContinueToken {
  readonly start: string
  readonly revision: number
}

interface Encoded {
  readonly v?: unknown
  readonly rv?: unknown
  readonly start?: unknown
}

/** base64url JSON, as apiserver pkg/storage/continue.go writes it. */
export function encodeContinue({ start, revision }: ContinueToken): string {
  const json = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })
  let binary = ''
  for (const byte of new TextEncoder().encode(json)) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Throws 400 `invalid continue token: continue key is not valid: ...`. */
export function decodeContinue(token: string): ContinueToken {
  const { v, rv, start } = parse(token)
  if (v !== 'meta.k8s.io/v1')
    throw broken(`server does not recognize this encoded version ${JSON.stringify(v ?? '')}`)
  if (rv === undefined || rv === 0)
    throw broken('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof start !== 'string' || start === '')
    throw broken('encoded start key empty (version meta.k8s.io/v1)')
  // upstream cleans the path and refuses what would leave the prefix
  if (start.split('/').includes('..')) throw badRequest(`invalid continue token: ${start}`)
  return { start, revision: Number(rv) }
}

const broken = (why: string): Error => badRequest(`invalid continue token: continue key is not valid: ${why}`)

function parse(token: string): Encoded {
  let text: string
  try {
    text = decodeBase64Url(token)
  } catch {
    throw broken(`illegal base64 data at input byte ${faultAt(token)}`)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    throw broken(`invalid character '${text.charAt(0)}' looking for beginning of value`)
  }
  throw broken('json: cannot unmarshal into Go value of type storage.continueToken')
}

function decodeBase64Url(token: string): string {
  if (token.length % 4 === 1) throw new Error('length')
  const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
}

function faultAt(token: string): number {
  const bad = token.search(/[^A-Za-z0-9_-]/)
  return bad >= 0 ? bad : token.length - (token.length % 4)
}
