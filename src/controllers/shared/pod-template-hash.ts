import type { PodTemplateSpec } from '../../api/core/generated.js'
import { goDump } from './go-dump.js'

/**
 * The alphabet of generated names: no vowels, no digits that look like letters. Source: apimachinery
 * pkg/util/rand/rand.go.
 */
export const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

const utf8 = new TextEncoder()
const dumps = new WeakMap<PodTemplateSpec, Map<number, string>>()

/**
 * The `pod-template-hash` of Deployments and `controller-revision-hash` of DaemonSets: FNV-1a (32 bits) over
 * the template as Go prints it, then over `collisionCount` if there is one, its decimal digits re-encoded in
 * {@link SAFE_ALPHABET}. `minor` is the minor version of Kubernetes: a release that adds a field to PodSpec
 * gives every template another hash. Source: pkg/controller/controller_utils.go ComputeHash.
 */
export function podTemplateHash(
  template: PodTemplateSpec,
  collisionCount: number | undefined,
  minor: number,
): string {
  let hash = fnv1a(0x811c9dc5, utf8.encode(dumpOf(template, minor)))
  if (collisionCount !== undefined) hash = fnv1a(hash, littleEndian(collisionCount))
  return safeEncode(String(hash))
}

/**
 * The hash of revisions of StatefulSets: FNV-1 (32 bits; not the 1a of templates) over the bytes of a text,
 * re-encoded as names are. Source: pkg/controller/history HashControllerRevision.
 */
export function bytesHash(text: string): string {
  let hash = 0x811c9dc5
  for (const byte of utf8.encode(text)) hash = Math.imul(hash, 0x01000193) ^ byte
  return safeEncode(String(hash >>> 0))
}

/** Each character code modulo the size of the alphabet. Source: rand.SafeEncodeString. */
export function safeEncode(text: string): string {
  let encoded = ''
  for (let at = 0; at < text.length; at++)
    encoded += SAFE_ALPHABET[text.charCodeAt(at) % SAFE_ALPHABET.length] as string
  return encoded
}

function fnv1a(start: number, bytes: Iterable<number>): number {
  let hash = start
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** Eight bytes, of which Go fills the first four. */
function littleEndian(count: number): readonly number[] {
  return [count & 0xff, (count >>> 8) & 0xff, (count >>> 16) & 0xff, count >>> 24, 0, 0, 0, 0]
}

/** Frozen templates are shared and never change, so what was printed once need not be printed again. */
function dumpOf(template: PodTemplateSpec, minor: number): string {
  let byMinor = dumps.get(template)
  if (!byMinor) dumps.set(template, (byMinor = new Map()))
  let dump = byMinor.get(minor)
  if (dump === undefined) byMinor.set(minor, (dump = goDump('PodTemplateSpec', template, minor)))
  return dump
}
