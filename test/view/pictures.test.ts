import { readFileSync } from 'node:fs'
import { NotFoundError, SimCluster } from 'simcluster'
import { reachability, worldOf } from 'simcluster/netpol'
import {
  recordFrames,
  toAnimatedSvg,
  toSvg,
  toText,
  type View,
  viewOf,
  viewOfAccess,
  viewOfCertificates,
  viewOfConnection,
  viewOfEvents,
  viewOfNetwork,
  viewOfPolicies,
  viewOfRollout,
  viewOfService,
} from 'simcluster/view'
import { evaluate } from 'simcluster/netpol'
import { beforeAll, describe, expect, test } from 'vitest'
import { webCluster } from './support.js'

/** A cluster in which something of everything has happened. */
function busyCluster(): SimCluster {
  const cluster = webCluster()
  cluster.apply(readFileSync(new URL('network.yaml', import.meta.url), 'utf8'))
  cluster.kubectl('set image deployment/web web=nginx:2')
  cluster.settle()
  cluster.kubectl('cordon node-1')
  cluster.kubectl('taint node node-2 dedicated=db:NoSchedule')
  cluster.node('node-3').crash()
  return cluster.advance('7m')
}

const PICTURES: Readonly<Record<string, (cluster: SimCluster) => View>> = {
  cluster: viewOf,
  service: (cluster) => viewOfService(cluster, 'web'),
  rollout: (cluster) => viewOfRollout(cluster, 'default/web'),
  events: (cluster) => viewOfEvents(cluster),
  certificates: viewOfCertificates,
  network: viewOfNetwork,
  'an allowed action': (cluster) =>
    viewOfAccess(cluster.can({ user: 'jane' }, 'list', 'pods', { namespace: 'default' })),
  'a denied action': (cluster) =>
    viewOfAccess(cluster.can({ user: 'jane' }, 'list', 'secrets', { namespace: 'default' })),
  'a privileged action': (cluster) =>
    viewOfAccess(cluster.can({ user: 'root', groups: ['system:masters'] }, 'list', 'secrets')),
  'an open connection': (cluster) =>
    viewOfConnection(cluster.network.connect({ from: 'default/front', to: 'db', port: 80 })),
  'a closed connection': (cluster) =>
    viewOfConnection(cluster.network.connect({ from: 'default/stranger', to: 'db', port: 80 })),
  'a connection from outside': (cluster) =>
    viewOfConnection(
      cluster.network.connect({ from: { ip: '203.0.113.9' }, to: { node: 'node-1' }, port: 30080 }),
    ),
  'a verdict of policies': (cluster) =>
    viewOfPolicies(evaluate(worldOf(cluster), { from: 'default/stranger', to: 'default/db', port: 80 })),
}

let cluster: SimCluster
beforeAll(() => {
  cluster = busyCluster()
})

const parts = (svg: string, tag: string): readonly string[] =>
  [...svg.matchAll(new RegExp(`<${tag}\\b[^>]*>([^<]*)</${tag}>`, 'g'))].map(([, text = '']) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  )

describe.each(Object.entries(PICTURES))('the picture of %s', (_, view) => {
  test('has a title, and tells in text all that it shows', () => {
    const shown = view(cluster)
    const svg = toSvg(shown)
    const twin = toText(shown)
    expect(parts(svg, 'desc')).toEqual([twin])
    expect(twin.startsWith(parts(svg, 'title')[0] ?? '?')).toBe(true)
    const words = new Set(twin.split(/:?\s+/))
    const untold = parts(svg.replaceAll(/<text class="legend".*/g, ''), 'text')
      .flatMap((text) => text.split(/:?(?:\s+|$)/))
      .filter((word) => word !== '' && !/^[✓✗…?]$/.test(word) && !words.has(word))
    expect(untold).toEqual([])
  })

  test('is well-formed, has no id, and is the same again', () => {
    const svg = toSvg(view(cluster))
    expect(svg).not.toMatch(/ id=|NaN|undefined|\[object/)
    expect(balanced(svg)).toBe(true)
    expect(toSvg(view(cluster.fork()))).toBe(svg)
  })

  test('says in words or by a mark whatever has the colour of trouble', () => {
    const svg = toSvg(view(cluster))
    for (const [, text = ''] of svg.matchAll(/<text class="bad"[^>]*>([^<]*)</g)) expect(text).not.toBe('')
    const boxes = svg.match(/class="box bad"/g)?.length ?? 0
    const said = svg.match(/✗|NotReady|cordoned|Pending|! /g)?.length ?? 0
    expect(said).toBeGreaterThanOrEqual(boxes)
  })
})

/** Whether every element that begins also ends, in order. */
function balanced(svg: string): boolean {
  const open: string[] = []
  for (const [, end, name = '', closed] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (end === '/') {
      if (open.pop() !== name) return false
    } else if (closed !== '/') open.push(name)
  }
  return open.length === 0
}

test('a cluster is told with its nodes, pods, taints and Services', () => {
  const text = toText(viewOf(cluster))
  expect(text).toMatch(
    /^cluster at 2026-01-01T00:07:\d\dZ: where does each pod run\?\nnode-1 Ready, cordoned\n/,
  )
  expect(text).toContain('\nnode-2 Ready\ntaint dedicated=db:NoSchedule\n')
  expect(text).toContain('node-3 NotReady\ntaint node.kubernetes.io/unreachable:NoSchedule\n')
  expect(text).toMatch(/Pending\n {2}big {2}Pending 0\/1\n {4}0\/3 nodes are available/)
  expect(text).toMatch(/\nService default\/web NodePort \S+ 80:30080\/TCP\n {2}-> web-/)
})

test('a picture can be limited to namespaces, and have a title in any language', () => {
  const view = viewOf(cluster)
  expect(toText(view, { namespaces: ['kube-system'] })).not.toContain('web-')
  const svg = toSvg(view, { title: '노드 <셋>' })
  expect(svg).toContain('<title>노드 &lt;셋&gt;</title>')
  // nine columns, whatever font has the syllables
  expect(svg).toContain('textLength="65" lengthAdjust="spacingAndGlyphs">노드 &lt;셋&gt;</text>')
})

test('the network of somebody is told from outside to the disks', () => {
  const text = toText(viewOfNetwork(cluster))
  expect(text).toMatch(
    /^network\noutside the cluster\nevery node: 30080\/TCP\nNodePort\n {2}-> Service default\/web\n/,
  )
  expect(text).toMatch(/front\n(.*\n){2} {2}-> Service default\/db\n.*\n.*\n {5}✓ open\n {4}-> db\n/)
  expect(text).toMatch(/ -> disk of the claim\n +data\n/)
  expect(text).toMatch(/stranger\n[^]*Service default\/db\n.*\n.*\n {5}✗ closed by the policies/)
})

test('a closed connection ends at the policy that closes it', () => {
  const text = toText(
    viewOfConnection(cluster.network.connect({ from: 'default/stranger', to: 'db', port: 80 })),
  )
  expect(text).toMatch(
    /network policies\n.*\n {3}✗ denied\n[^]*NetworkPolicy\n +default\/db\n +✗ no rule matches\n\d\. ✗ timeout/,
  )
})

test('certificates say how long they are valid, and cross when they are not', () => {
  const fresh = toText(viewOfCertificates(webCluster()))
  expect(fresh).toContain(
    'pki/apiserver.crt\n     kube-apiserver: Server\n     expires 2027-01-01, in 364 days',
  )
  const late = toText(viewOfCertificates({ now: () => Date.UTC(2026, 11, 20), pki: cluster.pki }))
  expect(late).toContain('! expires 2027-01-01, in 12 days')
  const dead = toText(viewOfCertificates({ now: () => Date.UTC(2028, 0, 1), pki: cluster.pki }))
  expect(dead).toContain('✗ expired 2027-01-01')
})

test('a rollout has the newest ReplicaSet first', () => {
  const text = toText(viewOfRollout(cluster, 'web'))
  expect(text.indexOf('revision 2: nginx:2')).toBeLessThan(text.indexOf('revision 1: nginx\n'))
  expect(text.indexOf('revision 2: nginx:2')).toBeGreaterThan(0)
})

test('events are in order of time, and warnings have a mark', () => {
  const { moments, start } = viewOfEvents(cluster, { namespace: 'default' })
  expect(moments.map(({ time }) => time)).toEqual(moments.map(({ time }) => time).toSorted((a, b) => a - b))
  expect(start).toBe(moments[0]?.time)
  expect(toText({ start, moments })).toMatch(/^00:00:0\d \+0s ! Pod default\/big FailedScheduling/m)
  expect(viewOfEvents(cluster, { since: cluster.now() + 1 }).moments).toEqual([])
})

test.each([
  [() => viewOfService(cluster, 'shop/none'), 'there is no Service shop/none'],
  [() => viewOfRollout(cluster, 'none'), 'there is no Deployment default/none'],
])('what does not exist is an error that names it: %s', (view, message) => {
  expect(view).toThrow(NotFoundError)
  expect(view).toThrow(message)
})

test('notebooks show views, verdicts, connections and matrices as pictures, and they stay plain JSON', () => {
  const display = (value: object): object =>
    (value as Record<symbol, () => object>)[Symbol.for('Jupyter.display')]?.() ?? {}
  const verdict = cluster.can({ user: 'jane' }, 'list', 'pods', { namespace: 'default' })
  const connection = cluster.network.connect({ from: 'default/front', to: 'db', port: 80 })
  const view = viewOf(cluster)
  expect(display(view)).toEqual({ 'image/svg+xml': toSvg(view), 'text/plain': toText(view) })
  expect(display(verdict)).toMatchObject({
    'text/plain': expect.stringContaining('jane list pods in default: allowed\nUser\njane\n'),
  })
  expect(display(connection)).toEqual(display(viewOfConnection(connection)))
  const matrix = reachability(worldOf(cluster))
  expect(display(matrix)).toEqual({ 'image/svg+xml': matrix.toSvg(), 'text/plain': matrix.toText() })
  for (const value of [view, verdict, connection]) {
    expect(structuredClone(value)).toEqual(value)
    expect(Reflect.ownKeys(structuredClone(value))).toEqual(Object.keys(value))
  }
})

/** A Deployment of many pods on two nodes, with a Service. */
function crowd(replicas: number): SimCluster {
  const cluster = new SimCluster({ nodes: 2 })
  cluster.kubectl(`create deployment web --image=nginx --port=80 --replicas=${replicas}`)
  cluster.kubectl('expose deployment web')
  return cluster.settle()
}

const heightOf = (svg: string): number => Number(/height="(\d+)"/.exec(svg)?.[1])

test('pods of a healthy rollout are in progress, not failing', () => {
  const cluster = crowd(2)
  cluster.kubectl('set image deployment/web nginx=nginx:2')
  for (let ms = 0; ms < 2000 && !/ContainerCreating/.test(toText(viewOf(cluster))); ms += 10)
    cluster.advance(10)
  const svg = toSvg(viewOf(cluster))
  expect(svg).toMatch(/<text class="busy"[^>]*>… web-\S+ {2}ContainerCreating 0\/1</)
  expect(svg).toMatch(/<text class="legend"[^>]*>✓ ready {3}… in progress</)
  expect(svg).not.toContain('✗')
  expect(toText(viewOfRollout(cluster, 'web'))).toContain('… ContainerCreating')
})

test('a hundred pods of one owner are a line on each node, and the picture stays low', () => {
  const cluster = crowd(100)
  const text = toText(viewOf(cluster))
  expect(text).toMatch(/\n {2}web-\w+-\* x50 {2}Running 1\/1\n/)
  expect(text).toMatch(/Service default\/web[^]*-> web-\w+-\* x50\n {2}-> web-\w+-\* x50$/)
  for (const view of [viewOf(cluster), viewOfService(cluster, 'web'), viewOfRollout(cluster, 'web')])
    expect(heightOf(toSvg(view))).toBeLessThan(500)
})

test('namespaces are frames once there are several', () => {
  const cluster = crowd(1)
  expect(toSvg(viewOf(cluster), { namespaces: ['default'] })).not.toContain('class="frame"')
  cluster.kubectl('create namespace shop')
  cluster.kubectl('create deployment till --image=nginx -n shop --replicas=2')
  cluster.settle()
  expect(toText(viewOf(cluster))).toContain('\n  namespace shop\n  till-')
  expect(toSvg(viewOf(cluster)).match(/class="frame"/g)?.length).toBe(3)
})

test('pods of a lost node are unknown', () => {
  const cluster = crowd(2)
  cluster.node('node-2').crash()
  cluster.advance('1m')
  expect(toText(viewOf(cluster))).toMatch(/node-2 NotReady\n[^]* {2}web-\S+ {2}Running 1\/1 \(unknown\)/)
})

test('a slide is 1280 by 720 pixels and shows all of a picture', () => {
  for (const view of [viewOf(cluster), viewOfService(cluster, 'web'), viewOfEvents(cluster)]) {
    const [, width = 0, height = 0] = /viewBox="\S+ \S+ (\d+) (\d+)"/.exec(toSvg(view)) ?? []
    const slide = toSvg(view, { size: 'slide' })
    expect(slide).toContain('width="1280" height="720"')
    const [, wide = 0, high = 0] = /viewBox="\S+ \S+ (\d+) (\d+)"/.exec(slide) ?? []
    expect(Number(wide)).toBeGreaterThanOrEqual(Number(width))
    expect(Number(high)).toBeGreaterThanOrEqual(Number(height))
    expect(Math.abs(Number(wide) / Number(high) - 16 / 9)).toBeLessThan(0.02)
  }
})

/** Words of pictures that are no names of Kubernetes. */
const ENGLISH =
  /\b(?:wanted|updated|available|expires|expired|allowed|denied|closed by|nothing listens|no rule|no pod|outside|every node|rollout of|the way of|events since|certificates on|where does|in progress|restarts?|namespace|decided|would allow)\b/

test('pictures in Korean say nothing of their own in English', () => {
  for (const [name, view] of Object.entries(PICTURES)) {
    const svg = toSvg(view(cluster), { lang: 'ko' })
    expect(svg).toContain(' lang="ko"')
    const own = parts(svg, 'text').filter((text) => name !== 'events' && ENGLISH.test(text))
    expect(own.filter((text) => !text.includes('nodes are available'))).toEqual([])
  }
  expect(toText(viewOf(cluster), { lang: 'ko' })).toMatch(/^2026-\S+의 클러스터: 포드는 각각/)
})

test('a recording becomes a picture that moves, and stands still for those who want it so', () => {
  const moving = crowd(2)
  const recording = recordFrames(moving)
  moving.node('node-1').crash()
  moving.advance('7m')
  const hash = moving.state.traceHash()
  const svg = toAnimatedSvg(recording.views(), { seconds: 2 })
  expect(moving.state.traceHash()).toBe(hash)
  expect(recording.position).toBe(recording.frames.length - 1)
  const moments = svg.match(/<g class="moment"/g)?.length ?? 0
  expect(moments).toBeGreaterThan(3)
  expect(svg).toContain(`animation:moment ${moments * 2}s step-end infinite`)
  expect(svg).toContain('prefers-reduced-motion')
  expect(balanced(svg)).toBe(true)
  expect(() => toAnimatedSvg([])).toThrow('there is no view')
})
