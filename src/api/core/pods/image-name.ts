const memo = new Map<string, string>()

/**
 * Returns the full name of an image as containerd reports it: `nginx` becomes
 * `docker.io/library/nginx:latest`. Source: distribution/reference ParseNormalizedNamed and TagNameOnly.
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

/** Whether an image's name has a tag or a digest. */
export const hasTag = (name: string): boolean =>
  name.includes('@') || name.slice(name.lastIndexOf('/') + 1).includes(':')

/** Returns the full name of an image without its tag and digest: `docker.io/library/nginx`. */
export function untaggedImageName(image: string): string {
  const name = fullImageName(image).split('@')[0] ?? ''
  const colon = name.indexOf(':', name.lastIndexOf('/'))
  return colon < 0 ? name : name.slice(0, colon)
}

/** Returns the tag of an image's name: `1.27` for `nginx:1.27`, `latest` for `nginx`. */
export function imageTag(image: string): string {
  const name = fullImageName(image).split('@')[0] ?? ''
  const colon = name.indexOf(':', name.lastIndexOf('/'))
  return colon < 0 ? '' : name.slice(colon + 1)
}

const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
let reference: RegExp | undefined

/**
 * Returns why an image's name is invalid; undefined if it is valid. Source: distribution/reference
 * ParseNormalizedNamed.
 */
export function imageNameFault(image: string): string | undefined {
  if (/^[a-f0-9]{64}$/.test(image))
    return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`
  const full = fullImageName(image)
  const remote = full.slice(full.indexOf('/') + 1)
  const tag = remote.search(/[:@]/)
  const path = tag < 0 ? remote : remote.slice(0, tag)
  if (path !== path.toLowerCase())
    return `invalid reference format: repository name (${path}) must be lowercase`
  if (path.length > 255) return 'repository name must not be more than 255 characters'
  reference ??= new RegExp(
    `^(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?/${PATH_PART}(?:/` +
      `${PATH_PART})*` +
      '(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$',
  )
  return reference.test(full) ? undefined : 'invalid reference format'
}
