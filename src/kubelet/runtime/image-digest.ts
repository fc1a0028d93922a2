import { fullImageName } from '../../api/core/image-name.js'
import { stableHex } from '../stable-hex.js'

/**
 * Returns the repository digest of an image (`imageID` in container statuses): the given digest, or one
 * derived from the name.
 */
export function imageDigest(image: string): string {
  const full = fullImageName(image)
  const at = full.indexOf('@')
  if (at >= 0) return full
  const colon = full.lastIndexOf(':')
  return `${full.slice(0, colon)}@sha256:${stableHex(full, 64)}`
}
