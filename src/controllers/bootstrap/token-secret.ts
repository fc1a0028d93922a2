import type { Secret } from '../../api/core/generated.js'
import { timeMs } from '../../api/time.js'

/** Type of the Secrets that hold bootstrap tokens; they lie in kube-system. */
export const TOKEN_TYPE = 'bootstrap.kubernetes.io/token'

const NAME_PREFIX = 'bootstrap-token-'
const ID = /^[a-z0-9]{6}$/
const SECRET = /^[a-z0-9]{16}$/

/** A bootstrap token as its Secret describes it. */
export interface BootstrapToken {
  readonly id: string
  readonly secret: string
  /** Whether it signs the cluster-info ConfigMap. */
  readonly signs: boolean
}

function dataOf({ data = {} }: Secret, key: string): string {
  return Object.hasOwn(data, key) ? atob(data[key] as string) : ''
}

/** When a token ends, in virtual ms: Infinity without an end, -Infinity when the end cannot be read. */
export function expirationOf(secret: Secret): number {
  const text = dataOf(secret, 'expiration')
  if (text === '') return Infinity
  const at = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(text) ? timeMs(text) : Number.NaN
  return Number.isNaN(at) ? -Infinity : at
}

/**
 * Reads a token that is valid at `now`; undefined for any other. Source: bootstrapsigner
 * validateSecretForSigning.
 */
export function signingToken(secret: Secret, now: number): BootstrapToken | undefined {
  const [id, key] = [dataOf(secret, 'token-id'), dataOf(secret, 'token-secret')]
  const isValid =
    secret.type === TOKEN_TYPE && secret.metadata.name === NAME_PREFIX + id && ID.test(id) && SECRET.test(key)
  if (!isValid || expirationOf(secret) < now) return undefined
  return { id, secret: key, signs: dataOf(secret, 'usage-bootstrap-signing') === 'true' }
}
