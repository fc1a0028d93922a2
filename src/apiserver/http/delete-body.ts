import { untypedError } from '../errors.js'
import type { RequestOptions } from '../request.js'
import type { HttpCodecs, RawBody } from './body.js'
import { parseBody } from './body.js'

interface DeleteOptionsBody {
  readonly kind?: string
  readonly apiVersion?: string
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: readonly string[]
}

const EXPECTED = { group: '', version: 'v1', kind: 'DeleteOptions' } as const
const SCHEME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

/** Reads the DeleteOptions that a DELETE may carry; none for an empty body. */
export function deleteOptionsOf(body: RawBody, contentType: string | undefined, codecs: HttpCodecs = {}): RequestOptions {
  if (body.length === 0) return {}
  const value = parseBody({ body, contentType, expected: EXPECTED, codecs }).value as DeleteOptionsBody
  const {
    kind = 'DeleteOptions', apiVersion = 'v1', gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions, dryRun,
  } = value
  if (kind !== 'DeleteOptions') {
    const version = apiVersion.split('/').at(-1) as string
    throw untypedError(`no kind "${kind}" is registered for version "${version}" in scheme "${SCHEME}"`)
  }
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(dryRun === undefined || dryRun.length === 0 ? {} : { dryRun: true }),
  }
}
