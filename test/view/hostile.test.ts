import { SimCluster } from 'simcluster'
import {
  toSvg,
  toText,
  type Tree,
  type View,
  viewOf,
  viewOfAccess,
  viewOfCertificates,
  viewOfConnection,
  viewOfEvents,
  viewOfNetwork,
  viewOfRollout,
} from 'simcluster/view'
import { describe, expect, test } from 'vitest'
import { visible } from '../../src/lang/text/visible.js'

/** What somebody can write into a field of free text, and what a page or a terminal would make of it. */
const HOSTILE: Readonly<Record<string, string>> = {
  'a script': '</text></svg><script>alert(1)</script>',
  'a script in a title': '</title></desc></style><script>alert(1)</script>',
  'an attribute': `x" onload="alert(1)" y='`,
  'a comment and a section': '<!-- x --> <![CDATA[ x ]]> ]]>',
  'an instruction': '<?xml-stylesheet href="https://example.com/x.css"?>',
  entities: '&lt;script&gt; &#60;b&#62; &x;',
  'a picture of another server': '<image href="https://example.com/x.png"/><foreignObject/>',
  'a link of a terminal': '\u{1b}]8;;https://example.com\u{7}here\u{1b}]8;;\u{7}',
  'colours and a title': '\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m',
  'lines of its own': 'ok\nnode-9 Ready\r\nfake',
  'another direction': 'a\u202egpj.exe\u2066\u200f',
  'what XML cannot have': 'a\0\u{b}\ud800\uffffb',
  'templates of pages': '{{constructor.constructor("alert(1)")()}} ${alert(1)} <%= 1 %>',
}

/** A cluster whose objects have a text wherever they may. */
function clusterWith(text: string): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  const metadata = { name: 'web', annotations: { 'kubernetes.io/change-cause': text, note: text } }
  const containers = [{ name: 'web', image: text.trim(), env: [{ name: 'A', value: text }] }]
  const template = { metadata: { labels: { app: 'web' }, annotations: { note: text } }, spec: { containers } }
  const selector = { matchLabels: { app: 'web' } }
  cluster.create('deployments', { metadata, spec: { replicas: 1, selector, template } })
  cluster.create('services', { metadata, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } })
  cluster.create('clusterrolebindings', {
    metadata: { name: 'any', annotations: { note: text } },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: text }],
  })
  cluster.create('events', {
    metadata: { name: 'told' },
    involvedObject: { kind: text, namespace: 'default', name: text },
    reason: text,
    message: text,
    type: 'Warning',
    lastTimestamp: new Date(cluster.now()).toISOString(),
  })
  cluster.settle()
  const pod = cluster.list('pods').items[0]
  if (pod === undefined) throw new Error('no pod')
  cluster.patch(
    'pods',
    pod.metadata,
    { type: 'merge', body: { status: { phase: 'Failed', reason: text, message: text } } },
    { subresource: 'status' },
  )
  return cluster
}

const VIEWS: Readonly<Record<string, (cluster: SimCluster, text: string) => View>> = {
  cluster: viewOf,
  events: (cluster) => viewOfEvents(cluster),
  rollout: (cluster) => viewOfRollout(cluster, 'web'),
  network: viewOfNetwork,
  access: (cluster, text) => viewOfAccess(cluster.can({ user: text }, 'list', 'secrets'), text),
  connection: (cluster) =>
    viewOfConnection(cluster.network.connect({ from: { node: 'node-1' }, to: 'web', port: 80 })),
  certificates: (cluster, text) =>
    viewOfCertificates({
      now: () => cluster.now(),
      pki: { inventory: () => cluster.pki.inventory().map((row) => ({ ...row, subject: text, path: text })) },
    }),
  tree: (_cluster, text) => ({
    title: text,
    roots: [{ lines: [text], branches: [{ lines: [text, text] }] }],
  }),
}

const TAGS = ['svg', 'title', 'desc', 'style', 'rect', 'text', 'path']
const ATTRIBUTES = 'xmlns class role lang width height viewBox x y rx textLength lengthAdjust d'.split(' ')

/** Reads a document strictly: what is no tag of ours, no attribute of ours and no text stops it. */
function faultsOf(svg: string): readonly string[] {
  const token = /<\/?([a-zA-Z]+)((?: [a-zA-Z:]+="[\w .:/,-]*")*)\/?>|[^<>&]+|&(?:amp|lt|gt|quot);/y
  const faults: string[] = []
  const open: string[] = []
  let at = 0
  while (at < svg.length) {
    token.lastIndex = at
    const found = token.exec(svg)
    if (found === null) return [...faults, `not read: ${svg.slice(at, at + 40)}`]
    const [all, tag, attributes = ''] = found
    at += all.length
    if (tag === undefined) continue
    if (!TAGS.includes(tag)) faults.push(all)
    for (const [, name = ''] of attributes.matchAll(/ ([a-zA-Z:]+)=/g))
      if (!ATTRIBUTES.includes(name)) faults.push(all)
    if (all.startsWith('</')) {
      if (open.pop() !== tag) faults.push(`closed too early: ${all}`)
    } else if (!all.endsWith('/>')) open.push(tag)
  }
  return [...faults, ...open.map((tag) => `not closed: ${tag}`)]
}

// eslint-disable-next-line no-control-regex -- what a terminal or a page acts upon
const ACTING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/

describe.each(Object.entries(HOSTILE))('%s in every free text', (_, text) => {
  const cluster = clusterWith(text)

  test.each(Object.entries(VIEWS))('does nothing in the picture of the %s', (_name, viewed) => {
    const view = viewed(cluster, text)
    const svg = toSvg(view)
    expect(faultsOf(svg)).toEqual([])
    expect(svg).not.toMatch(ACTING)
    expect(toText(view)).not.toMatch(ACTING)
  })

  test('is shown to notebooks as a picture and a text, never as HTML', () => {
    for (const viewed of Object.values(VIEWS)) {
      const view: object = viewed(cluster, text)
      const show = Object.getOwnPropertyDescriptor(view, Symbol.for('Jupyter.display'))?.value as
        | (() => Readonly<Record<string, string>>)
        | undefined
      if (show === undefined) continue
      const shown = show()
      expect(Object.keys(shown)).toEqual(['image/svg+xml', 'text/plain'])
      expect(faultsOf(shown['image/svg+xml'] ?? '')).toEqual([])
      expect(shown['text/plain']).not.toMatch(ACTING)
    }
  })

  test('makes no line of its own', () => {
    const [, ...lines] = toText(viewOfEvents(cluster)).split('\n')
    expect(lines.every((line) => /^\d\d:\d\d:\d\d \+/.test(line))).toBe(true)
    expect(lines.join('\n')).toContain(visible(text.trim()))
  })
})

test('the look of a branch is no way into the document', () => {
  const tree = JSON.parse(
    '{"title":"a","roots":[{"lines":["a"],"look":"\\"><script>alert(1)</script>","branches":[]}]}',
  ) as Tree
  expect(toSvg(tree)).not.toContain('<script')
})
