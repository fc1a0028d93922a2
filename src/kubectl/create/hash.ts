import { sha256Hex } from '../../sim/sha256.js'
import { goJson } from '../print/json.js'

const LETTERS: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

/**
 * The suffix of `--append-hash`: ten digits of the SHA-256 of the content, without those that could make a
 * word. Source: kubectl pkg/util/hash.
 */
export function hashOf(content: object): string {
  return sha256Hex(goJson(content))
    .toLowerCase()
    .slice(0, 10)
    .replaceAll(/[013ae]/g, (digit) => LETTERS[digit] ?? digit)
}
