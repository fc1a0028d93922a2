import { expect, test } from 'vitest'
import type { Action, Deed } from '../../src/course/deed.js'
import { Playback } from '../../src/course/playback.js'
import { startCluster } from '../../src/course/start.js'
import { chapterOf } from '../src/guide/course.js'
import { Session } from '../src/session.js'

const place = { kind: 'free', nodes: 1, seed: 1 } as const
const typed = (line: string): Action => ({ do: 'type', line })

test('who goes on from the past while time moves there goes on without it', async () => {
  const session = await Session.open(place)
  const first = session.deed()
  await session.perform(typed('kubectl create deployment web --image=nginx --replicas=100'))
  const before = session.deed()
  const during: Deed[] = []
  session.onMoving = () => {
    during.push(session.deed())
    session.look(0)
    session.branch()
  }
  await session.perform({ do: 'advance', ms: 600_000 })
  // what is kept while time moves is what was done before
  expect(during[0]).toEqual(before)
  expect(session.deed()).toEqual(first)
  expect(session.isLive).toBe(true)
})

test('steps of a chapter that move time give the page its turn, and move it as the course does', async () => {
  const version = 'v1.35'
  const { sections } = chapterOf(1, version)
  const session = await Session.open({ kind: 'chapter', number: 1, version })
  const playback = new Playback(startCluster(chapterOf(1, version).start))
  let turns = 0
  session.onMoving = () => turns++
  let waits = 0
  for (const [section, { steps }] of sections.entries())
    for (const [step, each] of steps.entries()) {
      if (each.kind === 'event' && each.event === 'wait') waits++
      await session.perform({ do: 'play', section, step })
      await playback.play(each)
    }
  expect(session.cluster.state.traceHash()).toBe(playback.cluster.state.traceHash())
  expect(waits).toBeGreaterThan(0)
  expect(turns).toBeGreaterThan(0)
})

test('who looks at the past while time moves goes on looking', async () => {
  const session = await Session.open(place)
  await session.perform(typed('kubectl create deployment web --image=nginx --replicas=100'))
  session.onMoving = () => session.look(0)
  await session.perform({ do: 'advance', ms: 600_000 })
  expect(session.frames).toHaveLength(3)
  expect(session.at).toBe(0)
})
