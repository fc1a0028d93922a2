import { toSvg, toText, viewOf } from 'simcluster/view'
import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
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
