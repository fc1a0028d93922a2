/** Most bits of a hash that dealing may use up. */
export const MAX_HASH_BITS = 60
const MOST_CARDS = 2 ** 26

/** Returns the bits of a hash that dealing a hand takes. Source: RequiredEntropyBits. */
export const requiredEntropyBits = (deckSize: number, handSize: number): number =>
  Math.ceil(Math.log2(deckSize) * handSize)

/**
 * Deals the hand of a hash from a deck of cards `0` to `deckSize - 1`: different cards, every hand as likely
 * as any other. Priority and fairness deals queues to flows, so that two flows rarely share all their queues.
 * Source: apiserver pkg/util/shufflesharding.
 * @throws RangeError for sizes that upstream refuses
 */
export function dealHand(hash: bigint, deckSize: number, handSize: number): readonly number[] {
  checkSizes(deckSize, handSize)
  const places: number[] = []
  let rest = hash
  for (let dealt = 0; dealt < handSize; dealt++) {
    const left = BigInt(deckSize - dealt)
    places.push(Number(rest % left))
    rest /= left
  }
  return places.map((place, at) => cardAt(place, places.slice(0, at)))
}

/** Turns a place among the cards that are left into the card: earlier draws, the last first, push it up. */
function cardAt(place: number, earlier: readonly number[]): number {
  return earlier.reduceRight((card, drawn) => (card >= drawn ? card + 1 : card), place)
}

function checkSizes(deckSize: number, handSize: number): void {
  if (deckSize <= 0 || handSize <= 0)
    throw new RangeError(`deckSize ${deckSize} or handSize ${handSize} is not positive`)
  if (handSize > deckSize) throw new RangeError(`handSize ${handSize} is greater than deckSize ${deckSize}`)
  if (deckSize > MOST_CARDS) throw new RangeError(`deckSize ${deckSize} is impractically large`)
  if (requiredEntropyBits(deckSize, handSize) > MAX_HASH_BITS)
    throw new RangeError(
      `required entropy bits of deckSize ${deckSize} and handSize ${handSize} is greater than ` +
        `${MAX_HASH_BITS}`,
    )
}
