import { deniedText } from '../images/pull-secrets.js'
import { stableHex } from '../stable-hex.js'
import type { ContainerBehavior } from './behavior.js'
import { fullImageName } from './image-name.js'
import type { RuntimeTimings } from './machine.js'
import type { RuntimeImage } from './state.js'

/** What a pull is made for. */
export interface PullRequest {
  readonly image: string
  /** UID of the pod that waits for it. */
  readonly uid: string
  /** There are credentials for its registry. */
  readonly authorized: boolean
  readonly behavior: ContainerBehavior
  readonly timings: RuntimeTimings
  /** Virtual ms. */
  readonly now: number
}

const SMALLEST = 10_000_000
const SPREAD = 190_000_000

/** Begins a pull; undefined: it joins one that is under way. */
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
  if (isPresent && known.isPrivate === true) pull.isPrivate = true
  images.set(name, pull)
  return pull
}

/** Bytes of an image of which nothing is known: made from its name. */
export function imageSize(name: string): number {
  return SMALLEST + (Number.parseInt(stableHex(name, 8), 16) % SPREAD)
}

/** Ends a pull. Answers the pods that have waited for it. */
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
  return waiters
}
