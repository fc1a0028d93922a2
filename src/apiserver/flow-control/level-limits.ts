import type { PriorityLevelConfiguration } from '../../api/flowcontrol/generated.js'

/** Seats of a server: 400 for reads (`--max-requests-inflight`) and 200 for writes. */
const SERVER_SEATS = 600
/** Part of a level's seats that one request may take. */
const MOST_OF_LEVEL = 0.15

/** How many seats a priority level has. */
export interface LevelLimits {
  /** Its share of the server's seats. */
  readonly nominal: number
  /** What is left if it lends all that it may. */
  readonly lower: number
  /** What it has if it borrows all that it may. */
  readonly upper: number
  /** Most seats of one request; 0 if the level does not bound them. */
  readonly maxSeats: number
}

/** The shares of the server's seats that a level asks for. */
export const sharesOf = ({ spec: { limited, exempt } }: PriorityLevelConfiguration): number =>
  (limited ?? exempt)?.nominalConcurrencyShares ?? 0

/**
 * Returns the seats of a level, which are divided by the shares of all levels, `total`. Source: apiserver
 * pkg/util/flowcontrol/apf_controller.go finishQueueSetReconfigsLocked.
 */
export function limitsOf(level: PriorityLevelConfiguration, total: number): LevelLimits {
  const { limited, exempt } = level.spec
  const nominal = total === 0 ? 0 : Math.ceil((SERVER_SEATS * sharesOf(level)) / total)
  const part = (percent: number): number => Math.round((nominal * percent) / 100)
  const borrowed = limited?.borrowingLimitPercent
  const { handSize } = limited?.limitResponse.queuing ?? {}
  return {
    nominal,
    lower: nominal - part((limited ?? exempt)?.lendablePercent ?? 0),
    upper: nominal + (borrowed === undefined ? SERVER_SEATS : part(borrowed)),
    maxSeats:
      handSize === undefined
        ? 0
        : Math.max(1, Math.min(Math.ceil(nominal * MOST_OF_LEVEL), Math.floor(nominal / handSize))),
  }
}
