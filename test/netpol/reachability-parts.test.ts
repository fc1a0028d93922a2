import { InputError } from '../../src/lang/input-error.js'
import { describe, expect, it } from 'vitest'
import {
  compileWorld,
  reachability,
  type PortSpan,
  type Protocol,
  type World,
} from '../../src/netpol/index.js'
import {
  addBit,
  addBits,
  allBits,
  bothBits,
  hasBit,
  mixBits,
  noBits,
  sameBits,
  transposed,
  withoutBits,
  type Bits,
} from '../../src/netpol/reachability/bits.js'
import {
  cellText,
  type ReachabilityVerdict,
  type ReachTable,
  renderReachability,
  formatReachability,
} from '../../src/netpol/reachability/render.js'
import type { ReachabilityGroup } from '../../src/netpol/reachability/group.js'
import { mergeSpans, nameClasses, readPortWanted, spansOf } from '../../src/netpol/reachability/ports.js'

const bitsOf = (count: number, holds: (at: number) => boolean): Bits => {
  const bits = noBits(count)
  for (let at = 0; at < count; at++) if (holds(at)) addBit(bits, at)
  return bits
}
const listOf = (bits: Bits): readonly number[] =>
  Array.from({ length: bits.length * 32 }, (_, at) => at).filter((at) => hasBit(bits, at))

describe('bits', () => {
  it.each([1, 31, 32, 33, 64, 70])('%i of them', (count) => {
    expect(noBits(count)).toHaveLength(Math.ceil(count / 32))
    expect(listOf(noBits(count))).toEqual([])
    expect(listOf(allBits(count))).toEqual(Array.from({ length: count }, (_, at) => at))
    const [even, third] = [bitsOf(count, (at) => at % 2 === 0), bitsOf(count, (at) => at % 3 === 0)]
    expect(listOf(bothBits(even, third))).toEqual(listOf(even).filter((at) => at % 3 === 0))
    expect(listOf(withoutBits(even, third))).toEqual(listOf(even).filter((at) => at % 3 !== 0))
    const either = even.slice()
    addBits(either, third)
    expect(listOf(either)).toEqual(listOf(allBits(count)).filter((at) => at % 2 === 0 || at % 3 === 0))
    expect(
      sameBits(
        even,
        bitsOf(count, (at) => at % 2 === 0),
      ),
    ).toBe(true)
    for (let at = 0; at < count; at++) {
      const other = even.slice()
      other[at >>> 5] = (other[at >>> 5] ?? 0) ^ (1 << (at & 31))
      expect(sameBits(even, other)).toBe(false)
      expect(mixBits(other, 1)).not.toBe(mixBits(even, 1))
    }
    expect(mixBits(even, 2)).not.toBe(mixBits(even, 1))
  })

  it.each([1, 2, 31, 32, 33, 65])('%i rows become columns', (count) => {
    const holds = (row: number, column: number): boolean =>
      (row * 7 + column * column * 3 + row * column) % 5 < 2
    const rows = Array.from({ length: count }, (_, row) => bitsOf(count, (column) => holds(row, column)))
    expect(transposed(rows).map(listOf)).toEqual(
      Array.from({ length: count }, (_, column) =>
        Array.from({ length: count }, (__, row) => row).filter((row) => holds(row, column)),
      ),
    )
  })
})

describe('ports', () => {
  it.each([
    [80, 'TCP', 80],
    ['80', 'TCP', 80],
    ['53/UDP', 'UDP', 53],
    ['1/SCTP', 'SCTP', 1],
    [65535, 'TCP', 65535],
    [{ port: 5 }, 'TCP', 5],
    [{ port: 5, protocol: 'UDP' as const }, 'UDP', 5],
  ])('%j', (wanted, protocol, port) => {
    expect(readPortWanted(wanted)).toEqual({ protocol, first: port, last: port })
  })

  it.each([
    0,
    65536,
    -1,
    1.5,
    'http',
    '',
    '80/tcp',
    '80/',
    '/TCP',
    'x80',
    '80x',
    { port: 0 },
    { port: 80, protocol: 'ICMP' as 'TCP' },
  ])('%j is none', (wanted) => {
    expect(() => readPortWanted(wanted)).toThrow(
      new InputError(`${JSON.stringify(wanted)} is not a port such as 80 or '53/UDP'`),
    )
  })

  const point = (port: number, protocol: Protocol = 'TCP'): Parameters<typeof spansOf>[0][number] => ({
    id: port,
    protocol,
    port,
  })
  const span = (first: number, last = first, protocol: Protocol = 'TCP'): PortSpan => ({
    protocol,
    first,
    last,
  })

  it('segments are spans from 1 to 65535', () => {
    expect(spansOf([point(0)])).toEqual([span(1, 65535)])
    expect(spansOf([point(0), point(1), point(80), point(81)])).toEqual([
      span(1, 79),
      span(80),
      span(81, 65535),
    ])
    expect(spansOf([point(0), point(65535), point(65536)])).toEqual([span(1, 65534), span(65535)])
    expect(spansOf([])).toEqual([])
  })

  it('spans that touch become one, those of one protocol', () => {
    expect(
      mergeSpans([
        span(90, 95),
        span(80, 89),
        span(97),
        span(1, 5, 'SCTP'),
        span(96, 96, 'UDP'),
        span(6, 7, 'SCTP'),
      ]),
    ).toEqual([span(80, 95), span(97), span(96, 96, 'UDP'), span(1, 7, 'SCTP')])
    expect(mergeSpans([span(80, 90, 'UDP'), span(1, 79)])).toEqual([span(1, 79), span(80, 90, 'UDP')])
    expect(mergeSpans([])).toEqual([])
  })

  it('classes are named by their ports; the largest of all by what it is', () => {
    const names = (classes: readonly (readonly PortSpan[])[], isWhole: boolean): readonly string[] =>
      nameClasses(classes, isWhole).map(({ name }) => name)
    const all = [span(1, 79), span(81, 65535), span(1, 65535, 'UDP'), span(1, 65535, 'SCTP')]
    expect(names([[...all, span(80)]], true)).toEqual(['every port'])
    expect(names([all, [span(80)]], true)).toEqual(['other ports', '80'])
    expect(names([[span(80)]], false)).toEqual(['80'])
    expect(
      names(
        [
          [span(80), span(82, 90)],
          [span(53, 53, 'UDP'), span(7, 7, 'SCTP'), span(9), span(8)],
        ],
        false,
      ),
    ).toEqual(['80,82-90', '8-9 53/UDP 7/SCTP'])
    expect(nameClasses([[span(81), span(80)]], false)).toEqual([{ name: '80-81', spans: [span(80, 81)] }])
  })
})

const group = (name: string, more: Partial<ReachabilityGroup> = {}): ReachabilityGroup => ({
  name,
  sort: 'pods',
  pods: [name],
  nodes: [],
  ranges: [],
  labels: {},
  ...more,
})

/** A table whose cells are letters, one for each port: `a`llow, `d`eny, `n`ode. */
function tableOf(
  cells: readonly (readonly string[])[],
  portNames: readonly string[],
  groups = cells.map((_, at) => group(`g${at}`)),
  governed = cells.map(() => true),
): ReachTable {
  const reaches: Readonly<Record<string, ReachabilityVerdict>> = { a: 'allow', d: 'deny', n: 'ownNode' }
  return {
    groups,
    governed,
    ports: portNames.map((name) => ({ name, spans: [] })),
    reach: (from, to, port) => reaches[cells[from]?.[to]?.[port] ?? ''] as ReachabilityVerdict,
  }
}

describe('cells', () => {
  it.each([
    ['aaa', '*', 'all'],
    ['ddd', '-', 'none'],
    ['nnn', 'own node', 'node'],
    ['add', '80', 'some'],
    ['aad', '80 443', 'some'],
    ['dda', 'all but 80 443', 'some'],
    ['daa', 'all but 80', 'some'],
    ['nda', 'all but 80 443; own node: 80', 'some'],
    ['ndd', 'own node: 80', 'some'],
    ['ddn', 'own node: all but 80 443', 'some'],
    ['ann', '80; own node: the rest', 'some'],
    ['adn', '80; own node: all but 80 443', 'some'],
    ['and', '80; own node: 443', 'some'],
    ['nna', 'all but 80 443; own node: the rest', 'some'],
    ['dna', 'all but 443 80; own node: 443', 'some'],
  ])('%s', (cell, text, look) => {
    expect(cellText(tableOf([[cell]], ['80', '443', 'other ports']), 0, 0)).toEqual({ text, look })
  })

  it('are empty where nobody can be selected', () => {
    const of = (first: boolean, second: boolean): string =>
      cellText(
        tableOf(
          [
            ['a', 'a'],
            ['a', 'a'],
          ],
          ['80'],
          undefined,
          [first, second],
        ),
        0,
        1,
      ).look
    expect([of(true, false), of(false, true), of(true, true), of(false, false)]).toEqual([
      'all',
      'all',
      'all',
      'blank',
    ])
  })
})

describe('for people', () => {
  const table = tableOf(
    [
      ['aaa', 'ddd', 'nda'],
      ['add', 'nnn', 'nda'],
      ['daa', 'adn', 'aaa'],
    ],
    ['80', '443', 'other ports'],
    [
      group('first', { pods: ['a', 'b'] }),
      group('<b>&"c"'),
      group('nodes', { sort: 'nodes', nodes: ['n', 'm'] }),
    ],
  )

  it('is a table of characters, with what is long below it', () => {
    expect(formatReachability(table)).toMatchInlineSnapshot(`
      "from \\ to         1           2         3
      1 first (2 pods)  *           -         [1]
      2 <b>&"c"         80          own node  [1]
      3 nodes (2)       all but 80  [2]       *

      *  every port
      -  nothing
      own node  only between a pod and the node that it is on
      [1] all but 80 443; own node: 80
      [2] 80; own node: all but 80 443
      A pod always reaches itself.
      "
    `)
    expect(formatReachability(tableOf([['a']], ['80']))).toMatchInlineSnapshot(`
      "from \\ to  1
      1 g0       *

      *  80
      A pod always reaches itself.
      "
    `)
    expect(formatReachability(tableOf([['d']], ['every port']))).toMatchInlineSnapshot(`
      "from \\ to  1
      1 g0       -

      -  nothing
      A pod always reaches itself.
      "
    `)
    expect(formatReachability(tableOf([['a']], ['every port']))).toContain('*  every port\n')
    // 24 letters stand in the table
    expect(formatReachability(tableOf([['ad']], ['x'.repeat(24), 'y']))).toContain(
      `1 g0       ${'x'.repeat(24)}\n`,
    )
    expect(formatReachability(tableOf([['ad']], ['x'.repeat(25), 'y']))).toContain(
      `1 g0       [1]\n\n[1] ${'x'.repeat(25)}\n`,
    )
    expect(formatReachability(tableOf([], []))).toBe('from \\ to\n\nA pod always reaches itself.\n')
  })

  it('is a picture', () => {
    expect(
      renderReachability(
        tableOf(
          [
            ['aa', 'dd'],
            ['nn', 'ad'],
          ],
          ['80', 'port-with-a-long-name'],
          [group('<b>&"c"\u0000\ufffe'), group('x'.repeat(30), { pods: ['a', 'b'] })],
        ),
      ).replaceAll('><', '>\n<'),
    ).toMatchInlineSnapshot(`
      "<svg xmlns="http://www.w3.org/2000/svg" class="sim" role="img" width="472" height="87" viewBox="0 0 472 87">
      <title>who reaches whom</title>
      <desc>from \\ to                                  1         2
      1 &lt;b&gt;&amp;&quot;c&quot;                                *         -
      2 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (2 pods)  own node  80

      *  80 port-with-a-long-name
      -  nothing
      own node  only between a pod and the node that it is on
      A pod always reaches itself.
      </desc>
      <style>.sim{--ink:#1f2328;--paper:#fff;--box:#f6f8fa;--edge:#8c959f;--faint:#59636e;--good:#1a7f37;--bad:#cf222e;--busy:#7a5200;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK KR",monospace}
      @media(prefers-color-scheme:dark){.sim{--ink:#f0f6fc;--paper:#0d1117;--box:#151b23;--edge:#656c76;--faint:#9198a1;--good:#3fb950;--bad:#f85149;--busy:#f0c264}}
      .sim text{fill:var(--ink);white-space:pre;pointer-events:none}
      .sim .good{fill:var(--good)}.sim .bad{fill:var(--bad)}.sim .faint,.sim .legend{fill:var(--faint)}
      .sim .busy{fill:var(--busy)}.sim .frame{fill:var(--paper);stroke:var(--edge);stroke-opacity:.45}
      .sim .strong{font-weight:600}.sim .paper{fill:var(--paper)}
      .sim .box{fill:var(--box);stroke:var(--edge)}.sim .box.good{stroke:var(--good)}
      .sim .box.bad{stroke:var(--bad);stroke-dasharray:5 3}.sim .line{fill:none;stroke:var(--edge)}
      .sim .line.bad{stroke:var(--bad);stroke-dasharray:5 3}
      .sim .tip{fill:var(--edge)}.sim .tip.bad{fill:var(--bad)}
      .sim .icon{fill:none;stroke:var(--faint);stroke-linejoin:round}</style>
      <rect class="paper" x="0" y="0" width="472" height="87"/>
      <text class="faint" x="12" y="22">from \\ to</text>
      <text class="strong" x="332" y="22">1</text>
      <text class="strong" x="404" y="22">2</text>
      <text class="strong" x="12" y="48" textLength="80" lengthAdjust="spacingAndGlyphs">1 &lt;b&gt;&amp;&quot;c&quot;</text>
      <rect class="box good" x="320" y="34" width="68" height="19" rx="5">
      <title>&lt;b&gt;&amp;&quot;c&quot; to &lt;b&gt;&amp;&quot;c&quot;: 80 port-with-a-long-name</title>
      </rect>
      <text class="good" x="324" y="48">*</text>
      <rect class="box bad" x="392" y="34" width="68" height="19" rx="5">
      <title>&lt;b&gt;&amp;&quot;c&quot; to xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: nothing</title>
      </rect>
      <text class="bad" x="396" y="48">-</text>
      <text class="strong" x="12" y="70">2 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (2 pods)</text>
      <rect class="box" x="320" y="56" width="68" height="19" rx="5">
      <title>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx to &lt;b&gt;&amp;&quot;c&quot;: own node</title>
      </rect>
      <text x="324" y="70">own node</text>
      <rect class="box" x="392" y="56" width="68" height="19" rx="5">
      <title>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx to xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: 80</title>
      </rect>
      <text x="396" y="70">80</text>
      </svg>
      "
    `)
    // a cell has room for eight letters; all of it is told where one points at it
    const cells = renderReachability(
      tableOf(
        [
          ['ad', 'da'],
          ['aa', 'dd'],
        ],
        ['12345678', '123456789'],
        ['x', 'y'].map((name) => group(name)),
      ),
    )
    expect(cells).toContain('<title>x to y: 123456789</title>')
    expect([...cells.matchAll(/<\/rect>\n<text[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual([
      '12345678',
      '1234567…',
      '*',
      '-',
    ])
    expect(renderReachability(tableOf([['a']], ['80'], [group('g')], [false]))).toContain(
      'faint" x="89" y="34" width="68" height="19" rx="5"><title>g to g: no policy decides</title>',
    )
  })
})

describe('groups', () => {
  const pod = (
    key: string,
    labels: Record<string, string> = {},
    podIP?: string,
  ): NonNullable<World['pods']>[number] => {
    const [namespace = '', name = ''] = key.split('/')
    return { metadata: { namespace, name, labels }, ...(podIP === undefined ? {} : { status: { podIP } }) }
  }
  const narrow = (namespace: string, spec: object): NonNullable<World['policies']>[number] => ({
    kind: 'NetworkPolicy',
    metadata: { namespace, name: `p${JSON.stringify(spec).length}` },
    spec,
  })
  const node = (name: string, address: string): NonNullable<World['nodes']>[number] => ({
    metadata: { name },
    status: { addresses: [{ type: 'InternalIP', address }] },
  })
  const namesOf = (world: World, outside = false): readonly string[] =>
    reachability(world, { outside }).groups.map(({ name }) => name)
  const app = (name: string): object => ({ podSelector: { matchLabels: { app: name } } })

  it('are named by what they have in common, and nobody else', () => {
    expect(namesOf({ pods: [pod('a/x')] })).toEqual(['a/x'])
    expect(namesOf({ pods: [pod('a/x'), pod('a/y')] })).toEqual(['a/*'])
    expect(namesOf({ pods: ['a', 'b', 'c', 'd'].map((namespace) => pod(`${namespace}/x`)) })).toEqual([
      '4 namespaces/*',
    ])
    expect(namesOf({ pods: ['a', 'b', 'c'].map((namespace) => pod(`${namespace}/x`)) })).toEqual(['a,b,c/*'])
    const policies = [narrow('a', { ...app('web'), ingress: [] })]
    const web = { app: 'web', other: 'x' }
    expect(
      namesOf({ pods: [pod('a/x', web), pod('a/y', web), pod('a/z'), pod('a/u'), pod('b/v')], policies }),
    ).toEqual(['a/app=web', 'a/u,a/z,b/v'])
    expect(
      namesOf({ pods: [pod('a/x', web), ...['u', 'v', 'w', 'z'].map((name) => pod(`a/${name}`))], policies }),
    ).toEqual(['a/u,v,w and 1 more', 'a/x'])
    expect(
      namesOf({ pods: [pod('a/x', web), pod('a/y', { app: 'db' }), pod('a/z', { app: 'db' })], policies }),
    ).toEqual(['a/app=db', 'a/x'])
  })

  it('are said in words, in both languages', () => {
    const policies = [narrow('a', { ...app('web'), ingress: [] })]
    const web = { app: 'web' }
    const world = { pods: [pod('a/x', web), pod('a/y', web), pod('a/z'), pod('b/v')], policies }
    const rows = (text: string): readonly string[] =>
      text.split('\n').flatMap((line) => /^\d (.+?) {2,}/.exec(line)?.[1] ?? [])
    const reach = reachability(world, { outside: false })
    expect(rows(reach.toText())).toEqual(['pods app=web in a (2 pods)', 'a/z, b/v (2 pods)'])
    expect(rows(reach.toText({ lang: 'ko' }))).toEqual(['a의 app=web 포드 (2개)', 'a/z, b/v (2개)'])
    const many = {
      pods: [pod('a/x', web), ...['u', 'v', 'w', 'z'].map((name) => pod(`a/${name}`))],
      policies,
    }
    const rest = reachability(many, { outside: false })
    expect(rows(rest.toText())).toEqual(['a/u, v, w and 1 more (4 pods)', 'a/x'])
    expect(rows(rest.toText({ lang: 'ko' }))).toEqual(['a/u, v, w 외 1개 (4개)', 'a/x'])
    expect(reach.toText({ lang: 'ko' })).toMatch(
      /^출발 \\ 도착[^]*\n\* {2}모든 포트\n- {2}없음\n포드는 언제나/,
    )
    expect(reach.toSvg({ lang: 'ko' })).toContain('lang="ko"')
  })

  it('have the labels that all have, of those that policies ask for', () => {
    const policies = [
      narrow('a', {
        podSelector: {
          matchExpressions: [
            { key: 'app', operator: 'Exists' },
            { key: 'tier', operator: 'DoesNotExist' },
          ],
        },
      }),
    ]
    const [first] = reachability(
      { pods: [pod('a/x', { app: 'web', more: 'x' }), pod('a/y', { app: 'web', more: 'x' })], policies },
      { outside: false },
    ).groups
    expect(first?.labels).toEqual({ app: 'web' })
    const [both] = reachability(
      { pods: [pod('a/x', { app: 'web' }), pod('a/y', { app: 'db' })], policies },
      { outside: false },
    ).groups
    expect([both?.labels, both?.pods]).toEqual([{}, ['a/x', 'a/y']])
  })

  it('nodes and what is outside are told, addresses by the fewest ranges', () => {
    const policies = [
      narrow('a', {
        podSelector: {},
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
      }),
    ]
    const pods = [pod('a/x', {}, '10.244.0.1')]
    expect(namesOf({ pods, policies }, true)).toEqual([
      'a/x',
      '10.0.0.0/16,10.2.0.0/15,10.4.0.0/14 and 5 more',
      'outside',
    ])
    const { groups } = reachability({ pods, policies }, {})
    expect(groups[1]?.ranges).toEqual([
      '10.0.0.0/16',
      '10.2.0.0/15',
      '10.4.0.0/14',
      '10.8.0.0/13',
      '10.16.0.0/12',
      '10.32.0.0/11',
      '10.64.0.0/10',
      '10.128.0.0/9',
    ])
    expect(groups[2]?.ranges).toContain('203.0.112.0/20'.replace('203.0.112.0/20', '128.0.0.0/1'))
    expect(namesOf({ pods, policies: [] }, true)).toEqual(['a/x', 'outside'])
    expect(namesOf({ nodes: [node('n', '192.168.0.1')], pods, policies }, true).slice(1)).toEqual([
      'node n',
      expect.stringContaining('10.0.0.0/16') as string,
      'outside',
    ])
    expect(
      namesOf({ nodes: [node('n', '192.168.0.1'), node('m', '192.168.0.2')], pods, policies }, true)[1],
    ).toBe('nodes')
    expect(
      namesOf({ nodes: [node('n', '192.168.0.1'), node('m', '10.9.0.2')], pods, policies }, true).slice(1, 3),
    ).toEqual(['node m', 'node n'])
  })

  it('addresses outside are of the families that pods have', () => {
    const ranges = (podIPs: readonly string[]): readonly string[] =>
      reachability({
        pods: [{ metadata: { name: 'x' }, status: { podIPs: podIPs.map((ip) => ({ ip })) } }],
      }).groups.flatMap((each) => each.ranges)
    expect([
      ranges([]),
      ranges(['10.0.0.1']),
      ranges(['fd00::1']),
      ranges(['10.0.0.1', 'fd00::1']),
      ranges(['fd00::1', '10.0.0.1']),
    ]).toEqual([['0.0.0.0/0'], ['0.0.0.0/0'], ['::/0'], ['0.0.0.0/0', '::/0'], ['0.0.0.0/0', '::/0']])
  })

  it('ports that are wanted are told even when they are alike, and there are no others', () => {
    const reach = reachability(compileWorld({ pods: [pod('a/x'), pod('a/y')] }), {
      ports: [80, '53/UDP'],
      outside: false,
    })
    expect(reach.ports).toEqual([
      {
        name: '80 53/UDP',
        spans: [
          { protocol: 'TCP', first: 80, last: 80 },
          { protocol: 'UDP', first: 53, last: 53 },
        ],
      },
    ])
    expect(() => reach.reach(0, 0, 1)).toThrow(new InputError('there is no port class 1; there are 1'))
    expect([reach.groupOf('a/x'), reach.groupOf('a/z')]).toEqual([0, -1])
  })
})
