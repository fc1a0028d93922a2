import { SimCluster } from 'simcluster'
import { recordFrames, viewOf } from 'simcluster/view'
import { expect, test } from 'vitest'
import { podsOf, webCluster } from './support.js'

/** Things that happen, with and without an observer. */
function play(cluster: SimCluster): void {
  cluster.kubectl('scale deployment web --replicas=4')
  cluster.settle()
  cluster.kubectl('drain node-2 --ignore-daemonsets --force')
  cluster.node('node-3').crash()
  cluster.advance('7m')
}

test('a recording leaves the trace, the time and the objects as they are', () => {
  const [plain, recorded] = [webCluster(), webCluster()]
  const recording = recordFrames(recorded)
  play(plain)
  play(recorded)
  expect(recording.frames.length).toBeGreaterThan(20)
  expect(recorded.state.traceHash()).toBe(plain.state.traceHash())
  expect(viewOf(recorded)).toEqual(viewOf(plain))
})

test('every frame has the same future as the cluster had', () => {
  const cluster = webCluster()
  const recording = recordFrames(cluster)
  cluster.kubectl('scale deployment web --replicas=3')
  cluster.settle()
  const end = cluster.now()
  for (const { time, snapshot } of recording.frames.filter((_, at) => at % 3 === 1)) {
    const again = SimCluster.restore(snapshot)
    expect(again.now()).toBe(time)
    again.settle().advance(end - again.now())
    expect(again.state.traceHash()).toBe(cluster.state.traceHash())
  }
})

test('frames say when they were and whose step they are, and no two are alike', () => {
  const cluster = webCluster()
  const recording = recordFrames(cluster)
  cluster.kubectl('scale deployment web --replicas=3')
  expect(recording.frames.map(({ by }) => by)).toEqual(['start', 'user'])
  cluster.settle()
  const { frames } = recording
  expect(frames.map(({ time }) => time)).toEqual(frames.map(({ time }) => time).toSorted((a, b) => a - b))
  expect(frames.map(({ by }) => by)).toEqual(
    expect.arrayContaining(['kube-controller-manager/replicaset-controller', 'kube-scheduler']),
  )
  const hashes = frames.map(({ snapshot }) => SimCluster.restore(snapshot).state.traceHash())
  expect(new Set(hashes).size).toBe(hashes.length)
})

test('heartbeats make no frames', () => {
  const cluster = webCluster()
  const recording = recordFrames(cluster)
  cluster.advance('3m')
  expect(recording.frames.filter(({ time }) => time > cluster.now() - 120_000)).toEqual([])
})

test('goes to a frame and on again, and branches where something else is done', () => {
  const cluster = webCluster()
  const recording = recordFrames(cluster)
  const start = viewOf(cluster)
  cluster.kubectl('scale deployment web --replicas=4')
  cluster.settle()
  const [end, frames] = [viewOf(cluster), recording.frames]
  recording.goTo(0)
  expect(viewOf(cluster)).toEqual(start)
  expect(recording).toMatchObject({ position: 0, frames })
  recording.goTo(frames.length - 1)
  expect(podsOf(viewOf(cluster))).toEqual(podsOf(end))

  recording.goTo(2)
  expect(recording.frames).toHaveLength(frames.length)
  cluster.kubectl('delete deployment web --wait=false')
  expect(recording.frames).toEqual([...frames.slice(0, 3), expect.objectContaining({ by: 'user' })])
  expect(recording.position).toBe(3)
  cluster.settle()
  expect(podsOf(viewOf(cluster)).map(({ name }) => name)).toEqual(['big'])
})

test('a rewind that somebody else does is a frame, too', () => {
  const cluster = webCluster()
  const before = cluster.snapshot()
  const recording = recordFrames(cluster)
  cluster.kubectl('cordon node-1')
  cluster.rewind(before)
  expect(recording.frames.map(({ by }) => by)).toEqual(['start', 'rewind'])
  expect(viewOf(cluster).nodes[0]?.cordoned).toBe(false)
})

test('under its budget it keeps the whole history with larger steps', () => {
  const cluster = webCluster()
  const recording = recordFrames(cluster, { maxFrames: 8 })
  const first = recording.frames[0]
  play(cluster)
  const { frames } = recording
  expect(frames.length).toBeLessThanOrEqual(8)
  expect(frames.length).toBeGreaterThanOrEqual(4)
  expect(frames[0]).toBe(first)
  recording.goTo(frames.length - 1)
  expect(viewOf(cluster).nodes.map(({ ready }) => ready)).toEqual([true, true, false])
})

test('stops, and keeps its frames', () => {
  const cluster = webCluster()
  const recording = recordFrames(cluster)
  recording.stop()
  play(cluster)
  expect(recording.frames).toHaveLength(1)
})

test.each([1, 2.5, Number.NaN])('maxFrames of %s is an error', (maxFrames) => {
  expect(() => recordFrames(webCluster(), { maxFrames })).toThrow(
    'maxFrames must be an integer of at least 2',
  )
})

test.each([-1, 5, 0.5])('there is no frame %s', (index) => {
  expect(() => recordFrames(webCluster()).goTo(index)).toThrow(
    `there is no frame ${index}; there are 1, from 0`,
  )
})
