import { methodNotAllowed } from '../errors.js'
import { pageNotFound } from './answers.js'
import type { HttpResponse } from '../../client/http.js'
import type { PathHandler } from './path-handler.js'

/** Who issues the tokens of service accounts. */
const ISSUER = 'https://kubernetes.default.svc.cluster.local'
/** Seconds for which the documents may be kept. */
const CACHED = 'public, max-age=3600'

const cached = (type: string, body: string): HttpResponse => ({
  code: 200,
  headers: { 'cache-control': CACHED, 'content-type': type },
  body,
})

/**
 * `/.well-known/openid-configuration`. Source: pkg/routes/openidmetadata.go,
 * pkg/serviceaccount/openidmetadata.go.
 */
export const answerIssuer: PathHandler = ({ address }, { http }) => {
  if (http.method !== 'GET') throw methodNotAllowed()
  return cached(
    'application/json',
    JSON.stringify({
      issuer: ISSUER,
      jwks_uri: `https://${address}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
  )
}

/** `/openid/v1/jwks`: the public keys of service account tokens; 404 when there is no signer. */
export const answerKeys: PathHandler = ({ dependencies: { signer } }, { http }) => {
  if (http.method !== 'GET') throw methodNotAllowed()
  const keys = signer?.keySet?.()
  return keys === undefined ? pageNotFound() : cached('application/jwk-set+json', JSON.stringify(keys))
}
