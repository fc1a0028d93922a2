import { formatQuantity, parseQuantity } from '../../api/quantity.js'
import type { Device, DeviceCapacity } from '../../api/resource/generated.js'
import type { DeviceView } from './device-view.js'
import type { CandidateDevice, RequestOption } from './requests.js'

/** Amounts by capacity, as quantities. */
type Capacities = Readonly<Record<string, string>>

const nanosOf = (text: string): bigint => parseQuantity(text).nanos

/**
 * The capacity that several claims take from one device, while devices are chosen. Source: structured
 * consumable_capacity.go.
 */
export class Shares {
  readonly #view: DeviceView
  /** What was taken meanwhile, by device. */
  readonly #taken = new Map<string, Capacities[]>()

  constructor(view: DeviceView) {
    this.#view = view
  }

  /** Takes a share; returns what it consumes, or undefined if the device has not enough. */
  take(option: RequestOption, { id, device }: CandidateDevice): Capacities | undefined {
    const share = shareOf(option, device)
    if (share === undefined) return undefined
    if (device.allowMultipleAllocations !== true) return {}
    const { capacity = {} } = device
    const taken = this.#taken.get(id) ?? []
    const others = [...this.#view.heldOf(id).map(({ consumedCapacity = {} }) => consumedCapacity), ...taken]
    for (const [name, amount] of Object.entries(share)) {
      const used = others.reduce((sum, each) => sum + nanosOf(each[name] ?? '0'), 0n)
      if (used + nanosOf(amount) > nanosOf((capacity[name] as DeviceCapacity).value)) return undefined
    }
    this.#taken.set(id, [...taken, share])
    return share
  }

  /** Gives back the share of a device that was taken last. */
  giveBack({ id, device }: CandidateDevice): void {
    if (device.allowMultipleAllocations === true) this.#taken.get(id)?.pop()
  }
}

/** Returns what a request consumes of a device; undefined if it asks for more than there is. */
function shareOf({ request }: RequestOption, { capacity = {} }: Device): Capacities | undefined {
  const asked = request.capacity?.requests ?? {}
  if (Object.keys(asked).some((name) => capacity[name] === undefined)) return undefined
  const share: Record<string, string> = {}
  for (const [name, of] of Object.entries(capacity)) {
    const amount = consumedOf(asked[name], of)
    if (amount === undefined || nanosOf(amount) > nanosOf(of.value)) return undefined
    share[name] = amount
  }
  return share
}

/** Returns the amount that the policy of a capacity makes of what is asked for. */
function consumedOf(asked: string | undefined, { value, requestPolicy }: DeviceCapacity): string | undefined {
  const wanted = asked ?? requestPolicy?.default
  if (wanted === undefined) return value
  const { validValues, validRange } = requestPolicy ?? {}
  if (validValues !== undefined) {
    const sorted = validValues.toSorted((a, b) => (nanosOf(a) < nanosOf(b) ? -1 : 1))
    return sorted.find((one) => nanosOf(one) >= nanosOf(wanted))
  }
  if (validRange === undefined) return wanted
  const { min, max, step } = validRange
  const amount = roundUp(wanted, min, step)
  return max !== undefined && nanosOf(amount) > nanosOf(max) ? undefined : amount
}

/** Rounds up to the minimum plus whole steps. */
function roundUp(wanted: string, min: string, step: string | undefined): string {
  const [asked, least] = [nanosOf(wanted), nanosOf(min)]
  if (asked <= least) return min
  if (step === undefined) return wanted
  const size = nanosOf(step)
  const steps = (asked - least + size - 1n) / size
  const { format } = parseQuantity(wanted)
  return formatQuantity({ format, nanos: least + steps * size })
}
