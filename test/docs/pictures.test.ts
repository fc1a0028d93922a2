import { toSvg, toText, viewOf } from 'simcluster/view'
import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { splitWords } from '../../src/kubectl/call/words.js'
import { typed } from '../cli/typed.js'
import { readPages } from './pages.js'

/** What README's first example has at its end, with a Service before its pods. */
function afterTheCrash(): SimCluster {
  const cluster = new SimCluster({ nodes: 3, seed: 7 })
  cluster.kubectl('create deployment web --image=nginx --replicas=3')
  cluster.kubectl('expose deployment web --port=80')
  cluster.settle()
  cluster.node('node-2').crash()
  return cluster.advance('7m')
}

test("README's picture is what toSvg draws today: npx vitest run test/docs/pictures -u", async () => {
  const svg = toSvg(viewOf(afterTheCrash()), { title: 'Seven minutes after the crash of node-2' })
  await expect(svg).toMatchFileSnapshot('../../docs/pictures/crash.svg')
})

test('README leads with it, and tells what it shows', () => {
  const readme = readPages().find(({ file }) => file === 'README.md')?.text ?? ''
  const [, alt = ''] = /!\[([^\]]*)\]\(docs\/pictures\/crash\.svg\)/.exec(readme) ?? []
  expect(readme.indexOf(alt)).toBeLessThan(readme.indexOf('\n## '))
  const text = toText(viewOf(afterTheCrash()))
  for (const word of ['node-1', 'node-2', 'node-3', 'NotReady', 'Terminating']) {
    expect(text).toContain(word)
    expect(alt.replaceAll('\n', ' ')).toContain(word)
  }
})

/** A picture that a command draws: a comment with its words, and the picture with what it shows. */
const PICTURE = /<!-- picture: (.*) -->\n\n!\[([^\]]*)\]\(pictures\/([\w-]+)\.svg\)/g

const pictures = readPages().flatMap(({ file, text }) =>
  [...text.matchAll(PICTURE)].map(([, words = '', alt = '', name = '']) => ({ file, words, alt, name })),
)

test('the pages of check, whatif and upgrade have pictures', () => {
  const files = new Set(pictures.map(({ file }) => file))
  for (const page of ['docs/check.md', 'docs/what-if.md', 'docs/upgrade.md']) expect(files).toContain(page)
})

test.for(pictures)(
  '$file has what simcluster $words -o svg draws today: npx vitest run test/docs/pictures -u',
  async ({ words, alt, name }) => {
    const { out } = await typed(...splitWords(words), '-o', 'svg')
    await expect(out).toMatchFileSnapshot(`../../docs/pictures/${name}.svg`)
    const [, shown = ''] = /<desc>([^]*)<\/desc>/.exec(out) ?? []
    // names, rules and releases that the text for those who do not see it tells
    const told = alt.match(/\b(?:\w+-\w+|v1\.\d+|NotReady|Terminating)\b/g) ?? []
    expect(told.length).toBeGreaterThan(2)
    for (const word of told) expect(shown).toContain(word)
  },
)
