import { deniedText } from '../images/pull-secrets.js'
import { stableHex } from '../stable-hex.js'
import type { ContainerBehavior } from './behavior.js'
import { fullImageName } from '../../api/core/pods/image-name.js'
import type { RuntimeTimings } from './machine.js'
import type { RuntimeImage } from './state.js'

/** The request of a pull. */
export interface PullRequest {
  readonly image: string
  /** UID of the waiting pod. */
  readonly uid: string
  /** Whether there are credentials for its registry. */
  readonly authorized: boolean
  readonly behavior: ContainerBehavior
  readonly timings: RuntimeTimings
  /** Virtual ms. */
  readonly now: number
}

const SMALLEST = 10_000_000
const SPREAD = 190_000_000

/** Begins a pull, or joins a running one and returns undefined. */
export function beginPull(
  images: Map<string, RuntimeImage>,
  { image, uid, authorized, behavior, timings, now }: PullRequest,
): RuntimeImage | undefined {
  const name = fullImageName(image)
  const known = images.get(name)
  if (known?.state === 'pulling') {
    known.waiters.push(uid)
    known.authorized = known.authorized === true || authorized
    return undefined
  }
  const isPresent = known?.state === 'present'
  const pull: RuntimeImage = {
    name,
    state: 'pulling',
    since: now,
    authorized,
    waiters: [uid],
    took: behavior.pullTime ?? (isPresent ? timings.imageCheck : timings.imagePull),
    size: behavior.imageSize ?? imageSize(name),
  }
  if (isPresent) pull.wasPresent = true
  if (known !== undefined) {
    const { state, took, size, error } = known
    pull.last = { state, took, size, ...(error === undefined ? {} : { error }) }
  }
  if (isPresent && known.isPrivate === true) pull.isPrivate = true
  images.set(name, pull)
  return pull
}

/** Size in bytes of an undefined image, derived from its name. */
export function imageSize(name: string): number {
  return SMALLEST + (Number.parseInt(stableHex(name, 8), 16) % SPREAD)
}

/** Ends a pull. Returns the pods that waited for it. */
export function endPull(
  image: RuntimeImage,
  { pullError, isPrivate = false }: ContainerBehavior,
): readonly string[] {
  const error = pullError ?? (isPrivate && image.authorized !== true ? deniedText(image.name) : undefined)
  if (isPrivate) image.isPrivate = true
  image.state = error === undefined || image.wasPresent === true ? 'present' : 'failed'
  if (error !== undefined) image.error = error
  const { waiters } = image
  image.waiters = []
  delete image.last
  return waiters
}
