import { quote } from '../../lang/go/quote.js'
import { base64Text } from '../../lang/bytes/pem.js'

/** Whether a value is a string. */
export const isText = (value: unknown): value is string => typeof value === 'string'

/** Returns the issuer that a token claims, before it is verified. Tokens of other issuers are ignored. */
export function issuerOf(token: string): string | undefined {
  const [, payload, signature, ...more] = token.split('.')
  if (payload === undefined || signature === undefined || more.length > 0) return undefined
  try {
    const claims = JSON.parse(base64Text(payload.replaceAll('-', '+').replaceAll('_', '/'))) as {
      readonly iss?: unknown
    } | null
    return isText(claims?.iss) ? claims.iss : undefined
  } catch {
    return undefined
  }
}

/** Returns the audiences of a claim `aud`, which is a text or a list of texts. */
export const audiencesIn = (aud: unknown): readonly string[] =>
  isText(aud) ? [aud] : Array.isArray(aud) ? aud.filter(isText) : []

/** Formats texts as Go does: `["a" "b"]`. */
export const listText = (values: readonly string[]): string => `[${values.map(quote).join(' ')}]`
