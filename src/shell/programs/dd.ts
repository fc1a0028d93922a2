import { spend } from '../../lang/bounds/budget.js'
import type { Content } from '../../lang/bytes/content.js'
import { joinContent, sizeOf, sliceContent, zeros } from '../../lang/bytes/content.js'
import { FileFault } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt } from './command.js'
import { deviceContent } from './devices.js'
import { bytesIn } from './sizes.js'
import { SLICE, pauseForOthers } from './slices.js'

/** Operands that are numbers. */
const NUMBERS = ['bs', 'ibs', 'obs', 'count', 'skip', 'seek']
/** Steps of the budget for a slice. */
const STEPS_OF_SLICE = 1024
/** What a call asks for; sizes in bytes. */
interface Asked {
  readonly input: string | undefined
  /** Undefined is standard output. */
  readonly output: string | undefined
  readonly block: number
  readonly skip: number
  readonly seek: number
  readonly length: number
  readonly keeps: boolean
}

/** Parses the arguments; returns a number that is none. */
function askedOf({ args, cwd }: Invocation): Asked | string {
  const given = new Map(args.map((word) => word.split(/=(.*)/s) as [string, string]))
  const wrong = NUMBERS.map((name) => given.get(name)).find((text) => Number.isNaN(bytesIn(text, 0)))
  if (wrong !== undefined) return wrong
  const block = Math.max(1, bytesIn(given.get('bs') ?? given.get('ibs'), 512))
  const output = given.get('of')
  return {
    input: given.get('if'),
    output: output === undefined || output === '/dev/stdout' ? undefined : absolutePath(cwd, output),
    block,
    skip: bytesIn(given.get('skip'), 0) * block,
    seek: bytesIn(given.get('seek'), 0) * block,
    length: given.has('count') ? bytesIn(given.get('count'), 0) * block : Infinity,
    keeps: given.get('conv')?.split(',').includes('notrunc') === true,
  }
}

/** How much was copied, and what is still to be skipped of standard input. */
type Progress = { readonly done: number; readonly toSkip: number }

/**
 * `dd [if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc]`. Random devices give `x`. It
 * copies 1 MiB in a millisecond.
 */
export const dd: Program = {
  name: 'dd',
  run: (call) => {
    const asked = askedOf(call)
    if (typeof asked === 'string') {
      call.error(`dd: invalid number '${asked}'\n`)
      return 1
    }
    const known = call.memory as Progress | null | undefined
    if (known === null || known === undefined) {
      if (opened(call, asked) !== 0) return 1
    }
    const { done, toSkip } = known ?? { done: 0, toSkip: asked.input === undefined ? asked.skip : 0 }
    let slice: Slice = { content: '', isLast: true, toSkip: 0 }
    if (
      attempt(call, asked.input ?? '', "can't open", () => (slice = nextSlice(call, asked, done, toSkip))) !==
      0
    )
      return 1
    const size = sizeOf(slice.content)
    spend(STEPS_OF_SLICE)
    if (slice.content !== '' && written(call, asked, done, slice.content) !== 0) return 1
    const memory: Progress = { done: done + size, toSkip: slice.toSkip }
    if (!slice.isLast) return size === 0 ? { input: true, memory } : pauseForOthers(call, memory, size)
    const [whole, part] = [Math.floor(memory.done / asked.block), memory.done % asked.block === 0 ? 0 : 1]
    call.error(`${whole}+${part} records in\n${whole}+${part} records out\n`)
    return 0
  },
}

/** Opens the output: what is before `seek` stays, what is behind only with `notrunc`. */
function opened(call: Invocation, { output, seek, keeps }: Asked): number {
  if (output === undefined || output === '/dev/null') return 0
  const { files } = call.world
  return attempt(call, output, "can't open", () => {
    const old = files.stat(output) === undefined ? '' : files.content(output)
    const size = sizeOf(old)
    if (size < seek) files.write(output, joinContent(old, zeros(seek - size)))
    else if (!keeps) files.write(output, sliceContent(old, 0, seek))
  })
}

/** What is copied next. */
interface Slice {
  readonly content: Content
  /** Whether nothing follows. */
  readonly isLast: boolean
  readonly toSkip: number
}

function nextSlice(call: Invocation, { input, skip, length }: Asked, done: number, toSkip: number): Slice {
  const left = length - done
  if (input === undefined) {
    const dropped = toSkip === 0 ? 0 : sizeOf(call.input.take(toSkip))
    const content = dropped < toSkip ? '' : call.input.take(Math.min(left, SLICE))
    const isLast = sizeOf(content) === left || (call.input.ended && call.input.isEmpty)
    return { content, isLast, toSkip: toSkip - dropped }
  }
  const device = deviceContent(input, left)
  if (device !== undefined) return { content: device, isLast: sizeOf(device) === left, toSkip }
  if (input === '/dev/null') return { content: '', isLast: true, toSkip }
  const whole = call.world.files.content(absolutePath(call.cwd, input))
  const end = Math.min(sizeOf(whole), skip + length)
  const content = sliceContent(whole, skip + done, Math.min(end, skip + done + SLICE))
  return { content, isLast: skip + done + sizeOf(content) >= end, toSkip }
}

/** Writes a slice. Returns 1 if that failed, which is printed. */
function written(call: Invocation, { output, seek }: Asked, done: number, content: Content): number {
  if (output === '/dev/null') return 0
  if (output === undefined) {
    call.write(content)
    return 0
  }
  const { files } = call.world
  try {
    const [old, at] = [files.content(output), seek + done]
    const before = sliceContent(old, 0, at)
    files.write(output, joinContent(joinContent(before, content), sliceContent(old, at + sizeOf(content))))
    return 0
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    call.error(`dd: error writing '${output}': ${error.message}\n`)
    return 1
  }
}
