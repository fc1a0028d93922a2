import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { podInfoOf, type PodInfo } from '../../src/scheduler/cache/pod-info.js'
import type { ClusterEvent } from '../../src/scheduler/framework/cluster-event.js'
import { prioritySort } from '../../src/scheduler/plugins/basic.js'
import { Backoff, type QueuedPod } from '../../src/scheduler/queue/queued-pod.js'
import { type QueueState, SchedulingQueue } from '../../src/scheduler/queue/scheduling-queue.js'
import { node, pod } from './pods.js'
import { StateSlice } from '../../src/sim/modules/slice.js'

/**
 * A queue over pods p0.. whose plugins are `Stubborn` (deaf to events), `Nodes` (wakes at a new node) and
 * `Gate` (label gated).
 */
class Bench {
  now: number
  readonly state: StateSlice<QueueState>
  readonly queue: SchedulingQueue
  readonly pods: Map<string, PodInfo>

  constructor(from?: Bench, options: { popFromBackoff?: boolean } = {}) {
    this.now = from?.now ?? 1_000_000
    this.state = new StateSlice(from?.state.share() ?? { pods: new Map(), nextSeq: 0 }, from !== undefined)
    this.pods = new Map(from?.pods)
    const popFromBackoff = options.popFromBackoff ?? true
    this.queue = new SchedulingQueue({
      state: this.state,
      backoff: new Backoff({ wholeSeconds: popFromBackoff }),
      popFromBackoff,
      now: () => this.now,
      podInfo: (key) => this.pods.get(key),
      less: (a, b) => prioritySort.less?.(a, b) ?? false,
      preEnqueue: ({ pod: { metadata } }) =>
        metadata.labels?.['gated']
          ? { plugin: 'Gate', rejection: { code: 'UnschedulableAndUnresolvable', reasons: ['gated'] } }
          : undefined,
      isInterested: (plugin, kind) => plugin === 'Nodes' && kind === 'Node/Add',
      hintOf: (_, plugin, kind) =>
        (plugin === 'Nodes' && kind === 'Node/Add') || (plugin === 'Gate' && kind === 'Pod/UpdateLabel')
          ? 'queue'
          : undefined,
    })
  }

  add(name: string, priority = 0, labels?: Record<string, string>): PodInfo {
    const info = podInfoOf(pod(name, { priority }, labels ? { metadata: { labels } } : {}))
    this.pods.set(info.key, info)
    this.queue.add(info)
    return info
  }

  drain(): string[] {
    const keys: string[] = []
    for (let next = this.queue.pop(); next; next = this.queue.pop()) keys.push(next.key)
    return keys
  }
}

const NODE_ADDED: ClusterEvent = { kind: 'Node/Add', object: node('n') }
const popped = (bench: Bench): QueuedPod => bench.queue.pop() ?? expect.fail('nothing to pop')

describe('back-off', () => {
  const queued = (counts: Partial<QueuedPod>): QueuedPod => ({
    key: 'k',
    place: 'backoff',
    priority: 0,
    timestamp: 10_300,
    seq: 0,
    attempts: 1,
    unschedulableCount: 0,
    consecutiveErrors: 0,
    rejectedBy: [],
    pendingBy: [],
    ...counts,
  })

  test('lasts 1, 2, 4, 8, 10, 10 ... seconds', () => {
    const backoff = new Backoff()
    expect(
      [0, 1, 2, 3, 4, 5, 6].map((unschedulableCount) => backoff.duration(queued({ unschedulableCount }))),
    ).toEqual([0, 1000, 2000, 4000, 8000, 10_000, 10_000])
    expect(backoff.duration(queued({ unschedulableCount: 5, consecutiveErrors: 1 }))).toBe(1000)
  })

  test('in whole seconds the second of its expiry belongs to it', () => {
    const backoff = new Backoff()
    const pod = queued({ unschedulableCount: 1 })
    expect(backoff.expiry(pod)).toBe(11_000)
    expect([10_999, 11_000, 11_999, 12_000].map((now) => backoff.isBackingOff(pod, now))).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(backoff.flushTime(pod)).toBe(12_000)
  })

  test('to the millisecond before 1.33, and found by the flush at the next whole second', () => {
    const backoff = new Backoff({ wholeSeconds: false })
    const pod = queued({ unschedulableCount: 1 })
    expect([11_299, 11_300].map((now) => backoff.isBackingOff(pod, now))).toEqual([true, false])
    expect(backoff.flushTime(pod)).toBe(12_000)
  })
})

test('priority, then time, then the order of arrival', () => {
  const bench = new Bench()
  bench.add('a')
  bench.add('b', 5)
  bench.add('c')
  bench.now++
  bench.add('d', 5)
  expect(bench.drain()).toEqual(['default/b', 'default/d', 'default/a', 'default/c'])
})

test('a rejected pod stays until an event that its plugin cares about', () => {
  const bench = new Bench()
  bench.add('a')
  bench.queue.addUnschedulable(popped(bench), { rejectedBy: ['Nodes'] })
  bench.queue.onEvent({ kind: 'Node/UpdateLabel', object: node('n') })
  expect(bench.queue.hasReady).toBe(false)
  bench.queue.onEvent(NODE_ADDED)
  expect(bench.queue.get('default/a')?.place).toBe('backoff')
  expect(popped(bench)).toMatchObject({ key: 'default/a', attempts: 2, unschedulableCount: 1 })
})

test('without PopFromBackoffQ the back-off must run out', () => {
  const bench = new Bench(undefined, { popFromBackoff: false })
  bench.add('a')
  bench.queue.addUnschedulable(popped(bench), { rejectedBy: ['Nodes'] })
  bench.queue.onEvent(NODE_ADDED)
  expect(bench.queue.pop()).toBeUndefined()
  expect(bench.queue.nextFlush()).toBe(bench.now + 1000)
  bench.now += 1000
  expect(popped(bench).key).toBe('default/a')
})

test('a pending plugin wants its pod back at once, before those in back-off', () => {
  const bench = new Bench()
  bench.add('a', 9)
  bench.add('b')
  bench.queue.addUnschedulable(popped(bench), { rejectedBy: ['Nodes'] })
  bench.queue.addUnschedulable(popped(bench), { rejectedBy: ['Nodes'], pendingBy: ['Nodes'] })
  bench.queue.onEvent(NODE_ADDED)
  expect(bench.queue.get('default/b')?.place).toBe('active')
  expect(bench.drain()).toEqual(['default/b', 'default/a'])
})

test('errors back off for good', () => {
  const bench = new Bench()
  bench.add('a')
  bench.queue.addUnschedulable(popped(bench), { rejectedBy: [] })
  expect(bench.queue.pop()).toBeUndefined()
  bench.queue.onEvent(NODE_ADDED)
  expect(bench.queue.pop()).toBeUndefined()
  bench.now = bench.queue.nextFlush() ?? expect.fail('no flush')
  expect(popped(bench)).toMatchObject({ key: 'default/a', consecutiveErrors: 1 })
})

test('more than five minutes in the pool are enough', () => {
  const bench = new Bench()
  bench.add('a')
  bench.queue.addUnschedulable(popped(bench), { rejectedBy: ['Stubborn'] })
  const since = bench.now
  bench.now += 300_000
  expect(bench.queue.sweep()).toBe(since)
  expect(bench.queue.hasReady).toBe(false)
  bench.now++
  expect(bench.queue.sweep()).toBeUndefined()
  expect(bench.drain()).toEqual(['default/a'])
})

test('a gated pod waits for what its gate cares about', () => {
  const bench = new Bench()
  bench.add('a', 0, { gated: 'yes' })
  bench.queue.onEvent(NODE_ADDED)
  bench.now += 3_600_000
  bench.queue.sweep()
  expect(bench.queue.pop()).toBeUndefined()
  const open = pod('a')
  bench.pods.set('default/a', podInfoOf(open))
  bench.queue.onOwnEvents('default/a', [{ kind: 'Pod/UpdateLabel', object: open }])
  expect(popped(bench)).toMatchObject({ key: 'default/a', attempts: 1 })
})

const command = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    pod: fc.integer({ min: 0, max: 9 }),
    priority: fc.integer({ min: 0, max: 2 }),
    gated: fc.boolean(),
  }),
  fc.record({ do: fc.constant('delete' as const), pod: fc.integer({ min: 0, max: 9 }) }),
  fc.record({
    do: fc.constant('pop' as const),
    outcome: fc.constantFrom('bind', 'Nodes', 'Stubborn', 'error'),
  }),
  fc.record({ do: fc.constantFrom('event' as const, 'sweep' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400_000 }) }),
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

function run(bench: Bench, step: Command, waiting: Set<string>): string {
  if (step.do === 'add' && !waiting.has(`default/p${step.pod}`)) {
    waiting.add(bench.add(`p${step.pod}`, step.priority, step.gated ? { gated: 'yes' } : undefined).key)
  } else if (step.do === 'delete') {
    bench.queue.delete(`default/p${step.pod}`)
    waiting.delete(`default/p${step.pod}`)
  } else if (step.do === 'event') bench.queue.onEvent(NODE_ADDED)
  else if (step.do === 'sweep') bench.queue.sweep()
  else if (step.do === 'wait') bench.now += step.ms
  else if (step.do === 'pop') {
    const next = bench.queue.pop()
    if (!next) return 'nothing'
    expect(waiting).toContain(next.key)
    if (step.outcome === 'bind') waiting.delete(next.key)
    else bench.queue.addUnschedulable(next, { rejectedBy: step.outcome === 'error' ? [] : [step.outcome] })
    return next.key
  }
  return ''
}

test('no pod is lost or doubled, and what comes out is in order', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (steps) => {
      const bench = new Bench()
      const waiting = new Set<string>()
      for (const step of steps) {
        run(bench, step, waiting)
        expect([...bench.state.value.pods.keys()].sort()).toEqual([...waiting].sort())
      }
      bench.now += 3_600_000
      bench.queue.sweep()
      const free = [...waiting].filter((key) => bench.queue.get(key)?.gatedBy === undefined)
      const out = bench.drain()
      expect(out.toSorted()).toEqual(free.sort())
      const priorities = out.map((key) => bench.pods.get(key)?.priority ?? -1)
      expect(priorities).toEqual(priorities.toSorted((a, b) => b - a))
    }),
    { seed: 7, numRuns: 300 },
  )
})

test('a queue built anew from its state has the same future', () => {
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 40 }),
      fc.array(command, { maxLength: 40 }),
      (past, future) => {
        const bench = new Bench()
        const waiting = new Set<string>()
        for (const step of past) run(bench, step, waiting)
        const copy = new Bench(bench)
        const waitingToo = new Set(waiting)
        for (const step of future) expect(run(copy, step, waitingToo)).toBe(run(bench, step, waiting))
        expect(copy.state.value).toEqual(bench.state.value)
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})
