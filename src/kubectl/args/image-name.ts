import { KubectlError } from '../call/errors.js'

const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
/** A registry, a path, a tag and a digest; all but the path are optional. */
const IMAGE = new RegExp(
  String.raw`^(?:[a-zA-Z0-9.-]+(?::\d+)?/)?${PATH_PART}(?:/${PATH_PART})*` +
    String.raw`(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,})?$`,
)

/**
 * Throws KubectlError, which begins with `what`, for a text that cannot name an image. Source: distribution
 * reference ReferenceRegexp.
 */
export function checkImage(image: string, what: string): void {
  if (!IMAGE.test(image)) throw new KubectlError(`${what}: invalid reference format`)
}
