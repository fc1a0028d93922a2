import { expect, test } from 'vitest'
import { decodeDeed, encodeDeed } from '../../playground/src/actions.js'
import type { Action } from '../../src/course/deed.js'

const place = { kind: 'free', nodes: 1, seed: 1 } as const
const typed = (line: string): Action => ({ do: 'type', line })

test('a session is what its link says', async () => {
  const deed = { place, actions: [typed('kubectl get nodes')] }
  expect(await decodeDeed(await encodeDeed(deed))).toEqual(deed)
})

test('a link that inflates to more than 8 MiB is refused before it does', async () => {
  const bomb = await encodeDeed({ place, actions: [typed('x'.repeat(300_000_000))] })
  expect(bomb.length).toBeLessThan(500_000)
  await expect(decodeDeed(bomb)).rejects.toThrow('the session has more than 8388608 bytes')
})

test('a link with too many actions is refused', async () => {
  const many = Array.from({ length: 10_001 }, () => typed('a'))
  await expect(decodeDeed(await encodeDeed({ place, actions: many }))).rejects.toThrow(
    'more than 10000 actions',
  )
})
