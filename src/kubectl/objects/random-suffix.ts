import { sha256 } from '../../lang/bytes/sha256.js'
import type { CommandLine } from '../call/call.js'

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/**
 * Five letters that make a name unique. kubectl draws them at random; here they are derived from the text,
 * the time and `attempt`, so that the same cluster always gives the same name. Source of the alphabet:
 * apimachinery util/rand.
 */
export function randomSuffix({ env }: Pick<CommandLine, 'env'>, text: string, attempt = 0): string {
  return [...digestOf({ env }, text, attempt).subarray(0, 5)]
    .map((byte) => ALPHABET[byte % ALPHABET.length])
    .join('')
}

/** Ten digits for the name of a temporary file, derived like {@link randomSuffix}. */
export function randomDigits(call: Pick<CommandLine, 'env'>, text: string): string {
  return [...digestOf(call, text, 0).subarray(0, 10)].map((byte) => byte % 10).join('')
}

const digestOf = ({ env }: Pick<CommandLine, 'env'>, text: string, attempt: number): Uint8Array =>
  sha256(new TextEncoder().encode(`${text} ${env.clock.now()} ${attempt}`))
