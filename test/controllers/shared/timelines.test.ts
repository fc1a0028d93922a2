import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { replayTimeline } from './timeline-replay.js'
import type { Timeline } from './timeline-replay.js'

const file = new URL('../../fixtures/controllers/timelines.json', import.meta.url)
const timelines = JSON.parse(readFileSync(file, 'utf8')) as readonly Timeline[]

describe('StatefulSets, Jobs and CronJobs go the way that they went on the recorded control plane', () => {
  for (const timeline of timelines) {
    it(timeline.id, () => {
      const { events, objects } = replayTimeline(timeline)
      expect(events).toEqual(timeline.events)
      expect(objects).toEqual(timeline.objects)
    })
  }
})
