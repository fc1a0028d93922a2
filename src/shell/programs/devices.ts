import type { Content } from '../../lang/bytes/content.js'
import { sliceContent, zeros } from '../../lang/bytes/content.js'
import { SLICE } from './slices.js'

/** Zeros take no memory, so that more of them are copied at once. */
const MOST_ZEROS = 64 * SLICE

/** A slice of what random devices give, made on first use. */
let noise: Content | undefined

/**
 * Returns at most `size` bytes of a device that never ends; undefined if the path is none. Random devices
 * give `x`.
 */
export function deviceContent(path: string, size: number): Content | undefined {
  if (path === '/dev/zero') return zeros(Math.min(size, MOST_ZEROS))
  if (path !== '/dev/urandom' && path !== '/dev/random') return undefined
  noise ??= { size: SLICE, pieces: [new Uint8Array(SLICE).fill('x'.charCodeAt(0))] }
  return sliceContent(noise, 0, size)
}
