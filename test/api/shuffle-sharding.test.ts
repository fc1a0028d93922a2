import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dealHand, requiredEntropyBits } from '../../src/api/flowcontrol/shuffle-sharding.js'

// upstream's tables: apiserver pkg/util/shufflesharding/shufflesharding_test.go

test('dealing needs the bits of the number of hands', () => {
  expect(requiredEntropyBits(1024, 6)).toBe(60)
  expect(requiredEntropyBits(512, 8)).toBe(72)
})

test.each([
  [-100, 8, 'deckSize -100 or handSize 8 is not positive'],
  [100, 0, 'deckSize 100 or handSize 0 is not positive'],
  [100, 101, 'handSize 101 is greater than deckSize 100'],
  [2 ** 27, 2, 'deckSize 134217728 is impractically large'],
  [512, 8, 'required entropy bits of deckSize 512 and handSize 8 is greater than 60'],
])('a deck of %d and a hand of %d are refused', (deck, hand, text) => {
  expect(() => dealHand(1n, deck, hand)).toThrow(new RangeError(text))
})

test('a hand has different cards of the deck', () => {
  const decks = fc.constantFrom([4, 4], [8, 8], [10, 10], [12, 12], [128, 8], [256, 7], [512, 6], [1024, 6])
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), decks, (hash, [deck = 0, hand = 0]) => {
      const cards = dealHand(hash, deck, hand)
      expect(new Set(cards).size).toBe(hand)
      expect(cards.every((card) => card >= 0 && card < deck)).toBe(true)
    }),
  )
})

test.each([
  [8, 3],
  [12, 2],
  [50, 2],
])('of a deck of %d each hand of %d is dealt equally often', (deck, hand) => {
  let hands = 1
  for (let left = deck; left > deck - hand; left--) hands *= left
  const seen = new Map<string, number>()
  for (let hash = 0; hash < hands; hash++) {
    const cards = dealHand(BigInt(hash), deck, hand).toSorted((a, b) => a - b)
    seen.set(cards.join(), (seen.get(cards.join()) ?? 0) + 1)
  }
  let orders = 1
  for (let card = 2; card <= hand; card++) orders *= card
  expect(seen.size).toBe(hands / orders)
  expect(new Set(seen.values())).toEqual(new Set([orders]))
})
