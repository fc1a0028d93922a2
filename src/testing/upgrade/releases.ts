import { InputError } from '../../lang/input-error.js'
import { release } from '../../api/releases.js'

/** From which release to which one. */
export interface UpgradeSpan {
  /** Such as `v1.24`. */
  readonly from: string
  /** @default `v1.35` */
  readonly to?: string
}

/** Returns the minors of an upgrade, the first included. @throws InputError if it goes back */
export function minorsOf(from: string, to: string): readonly string[] {
  const [first, last] = [release(from).minor, release(to).minor]
  if (last <= first)
    throw new InputError(`an upgrade from ${from} to ${to} goes nowhere: to must be a later minor release`)
  return Array.from({ length: last - first + 1 }, (_, at) => `v1.${first + at}`)
}
