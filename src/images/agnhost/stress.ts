import { QuantityError, formatQuantity, parseQuantity, quantityValue } from '../../api/quantity.js'
import { goDuration } from '../../lang/go/duration.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { GO_STOPPED, durationOf, klog } from './subcommand.js'

/** Bytes of the program itself. */
const OWN_MEMORY = 8 * 1024 ** 2
/** Cores that the allocation takes. */
const ALLOCATING = 0.01
/** The time of the allocations is divided into so many looks at most; what is used grows with each. */
const MOST_LOOKS = 200

/**
 * Burns CPUs at once and allocates memory step by step, then keeps both until it is stopped. Source:
 * test/images/agnhost/stress.
 */
export const stress: Subcommand = {
  flags: { 'mem-total': '0', 'mem-alloc-size': '4Ki', 'mem-alloc-sleep': '1ms', cpus: '0' },
  run(call) {
    const plan = planOf(call)
    if (typeof plan === 'number') return plan
    const { cpus, total, steps, step, sleep } = plan
    const { now } = call.world
    if (call.memory === undefined) begin(call, plan)
    const started = typeof call.memory === 'number' ? call.memory : now
    const end = started + steps * sleep
    if (now >= end) {
      klog(call, 'I', 'stress.go:74', `Allocated "${total}" memory`)
      return { memory: started, uses: { cpu: cpus, memory: OWN_MEMORY + steps * step } }
    }
    const done = Math.floor((now - started) / sleep) + 1
    const look = Math.ceil(steps / MOST_LOOKS) * sleep
    return {
      until: Math.min(now + look, end),
      memory: started,
      uses: { cpu: cpus + ALLOCATING, memory: OWN_MEMORY + done * step },
    }
  },
}

interface Plan {
  readonly cpus: number
  /** The memory to allocate, as a quantity. */
  readonly total: string
  readonly size: string
  readonly steps: number
  /** Bytes. */
  readonly step: number
  /** Virtual ms. */
  readonly sleep: number
}

/** Reads the flags, or returns the exit code for wrong ones. */
function planOf({ flags, error }: SubcommandCall): Plan | number {
  const [total = '', size = '', sleepText = '', cpus = ''] = Object.keys(stress.flags ?? {}).map(
    (name) => flags[name],
  )
  const sleep = durationOf(sleepText)
  if (sleep === undefined || !/^[+-]?\d+$/.test(cpus)) {
    const [name, text] = sleep === undefined ? ['mem-alloc-sleep', sleepText] : ['cpus', cpus]
    error(`Error: invalid argument "${text}" for "--${name}" flag\n`)
    return 1
  }
  for (const text of [total, size]) {
    const fault = quantityFault(text)
    if (fault === undefined) continue
    error(`panic: cannot parse '${text}': ${fault}\n`)
    return GO_STOPPED
  }
  const step = quantityValue(size)
  if (step <= 0) {
    error('panic: runtime error: makeslice: len out of range\n')
    return GO_STOPPED
  }
  return {
    cpus: Math.max(0, Number(cpus)),
    total: canonical(total),
    size: canonical(size),
    steps: Math.floor(quantityValue(total) / step),
    step,
    sleep: Math.max(sleep, 0),
  }
}

const canonical = (text: string): string => formatQuantity(parseQuantity(text))

function quantityFault(text: string): string | undefined {
  try {
    parseQuantity(text)
    return undefined
  } catch (error) {
    if (error instanceof QuantityError) return error.message
    throw error
  }
}

function begin(call: SubcommandCall, { cpus, total, size, sleep }: Plan): void {
  const pace = `in "${size}" chunks, with a ${goDuration(sleep)} sleep between allocations`
  klog(call, 'I', 'stress.go:69', `Allocating "${total}" memory, ${pace}`)
  for (let cpu = 0; cpu < cpus; cpu++) klog(call, 'I', 'stress.go:102', 'Spawning a thread to consume CPU')
}
