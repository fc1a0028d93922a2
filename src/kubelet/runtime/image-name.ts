import { stableHex } from '../stable-hex.js'

const memo = new Map<string, string>()

/**
 * The full name of an image as containerd reports it: `nginx` is `docker.io/library/nginx:latest`.
 * Source: distribution/reference ParseNormalizedNamed and TagNameOnly.
 */
export function fullImageName(image: string): string {
  let full = memo.get(image)
  if (full === undefined) {
    full = normalize(image)
    if (memo.size >= 1000) memo.clear()
    memo.set(image, full)
  }
  return full
}

function normalize(image: string): string {
  const slash = image.indexOf('/')
  const first = image.slice(0, Math.max(slash, 0))
  const hasDomain = slash > 0 && (first.includes('.') || first.includes(':') || first === 'localhost')
  const domain = hasDomain ? first : 'docker.io'
  let path = hasDomain ? image.slice(slash + 1) : image
  if (domain === 'docker.io' && !path.includes('/')) path = `library/${path}`
  const tagged = path.includes('@') || path.slice(path.lastIndexOf('/') + 1).includes(':')
  return `${domain}/${path}${tagged ? '' : ':latest'}`
}

/** The repository digest of an image (`imageID` in container statuses): the digest that was asked for, else one made from the name. */
export function imageDigest(image: string): string {
  const full = fullImageName(image)
  const at = full.indexOf('@')
  if (at >= 0) return full
  const colon = full.lastIndexOf(':')
  return `${full.slice(0, colon)}@sha256:${stableHex(full, 64)}`
}
