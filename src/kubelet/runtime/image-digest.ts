import { fullImageName } from '../../api/core/pods/image-name.js'
import { stableHex } from '../stable-hex.js'

/** The digests of the images that were last asked for: each status of a container has one. */
const known = new Map<string, string>()
const MOST_KNOWN = 1_000

/**
 * Returns the repository digest of an image (`imageID` in container statuses): the given digest, or one
 * derived from the name.
 */
export function imageDigest(image: string): string {
  let digest = known.get(image)
  if (digest !== undefined) return digest
  digest = digestOf(image)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(image, digest)
  return digest
}

function digestOf(image: string): string {
  const full = fullImageName(image)
  const at = full.indexOf('@')
  if (at >= 0) return full
  const colon = full.lastIndexOf(':')
  return `${full.slice(0, colon)}@sha256:${stableHex(full, 64)}`
}
