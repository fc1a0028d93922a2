import { nearestImage } from '../../images/known-images.js'
import type { Machines } from './machines.js'

/**
 * Returns the well-known image that one is probably a typo of; undefined if there is none, or if the options
 * of the cluster describe the image.
 */
export function meantImage(machines: Machines, image: string): string | undefined {
  const meant = nearestImage(image)
  if (meant === undefined) return undefined
  // an image in a misspelt registry is known by its last name
  if (image.includes('/') && meant.endsWith(image.slice(image.indexOf('/')))) return meant
  const isDescribed = machines.names().some((name) => machines.get(name).isDescribed(image))
  return isDescribed ? undefined : meant
}
