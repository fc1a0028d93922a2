import { metaSchema } from '../../api/meta/generated.js'
import type { DeleteOptions } from '../../api/meta/generated.js'
import { DecodeError } from '../../api/schema/decode-error.js'
import { decode } from '../../api/schema/decode.js'
import { badRequest, untypedError } from '../errors.js'
import { cannotHandle } from '../registry/decode-body.js'
import type { RequestOptions } from '../request.js'
import type { HttpCodecs, RawBody } from './body.js'
import { parseBody } from './body.js'

const EXPECTED = { group: '', version: 'v1', kind: 'DeleteOptions' } as const
const SCHEME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

/** Reads the DeleteOptions that a DELETE may carry; none for an empty body. */
export function deleteOptionsOf(
  body: RawBody,
  contentType: string | undefined,
  codecs: HttpCodecs = {},
): RequestOptions {
  if (body.length === 0) return {}
  const { value } = parseBody({ body, contentType, expected: EXPECTED, codecs })
  const { kind, apiVersion } = value as { readonly kind?: string | null; readonly apiVersion?: string | null }
  if ((kind ?? '') !== '' && kind !== 'DeleteOptions') {
    const version = (apiVersion ?? 'v1').split('/').at(-1) as string
    throw untypedError(`no kind "${kind ?? ''}" is registered for version "${version}" in scheme "${SCHEME}"`)
  }
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions, dryRun } = decoded(value)
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(dryRun === undefined || dryRun.length === 0 ? {} : { dryRun: true }),
  }
}

function decoded(value: unknown): Pick<RequestOptions, 'preconditions'> & DeleteOptions {
  try {
    return decode<Pick<RequestOptions, 'preconditions'> & DeleteOptions>(
      metaSchema.message('DeleteOptions'),
      value,
    ).object
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw badRequest(cannotHandle('DeleteOptions', 'v1', 'DeleteOptions', error.message))
  }
}
