import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { type Action, type PlainAction, type Pace, perform } from '../../src/course/deed.js'
import { LEARNER } from '../../src/course/learner.js'
import { Playback } from '../../src/course/playback.js'
import { viewOf } from '../../src/view/index.js'

const ACTIONS: readonly (PlainAction & Action)[] = [
  { do: 'type', line: 'kubectl cordon node-2' },
  { do: 'type', line: 'kubectl create deployment web --image=nginx --replicas=20' },
  { do: 'settle' },
  { do: 'type', line: 'kubectl uncordon node-2' },
  { do: 'machine', node: 'node-1', accident: 'crash' },
  { do: 'advance', ms: 420_000 },
]

/** What the actions lead to, and how often they rested. */
async function lead(
  paceOn?: (playback: Playback, rests: () => void) => Pace,
): Promise<{
  readonly hash: string
  readonly now: number
  readonly objects: readonly unknown[]
  readonly rests: number
}> {
  const playback = new Playback(new SimCluster({ ...LEARNER, nodes: 2 }))
  let rests = 0
  const pace = paceOn?.(playback, () => void rests++)
  for (const action of ACTIONS) await perform(playback, action, pace)
  const { cluster } = playback
  const objects = [...cluster.state.peek('pods'), ...cluster.state.peek('events')]
  return { hash: cluster.state.traceHash(), now: cluster.now(), objects, rests }
}

test.each([1, 7, 100])('with a rest after each %i steps all is as without', async (length) => {
  const { rests: _, ...whole } = await lead()
  const { rests, ...rested } = await lead((playback, note) => {
    let steps = 0
    return {
      isOver: () => ++steps % length === 0,
      rest: () => {
        note()
        // a page draws the cluster meanwhile, and completes words on a fork
        if (steps % 50 === 0) {
          viewOf(playback.cluster)
          playback.cluster.fork().kubectl('get pods')
        }
        return Promise.resolve()
      },
    }
  })
  expect(rests).toBeGreaterThan(500 / length)
  expect(rested).toEqual(whole)
})
