import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { compile } from '../../src/api/cel/compile.js'
import { QuantityError, parseQuantity } from '../../src/api/quantity.js'
import { shownQuantities } from '../../src/api/schema/huge-quantities.js'
import { DYN } from '../../src/lang/cel/check/types.js'

/** So many of one character that what is quadratic takes minutes. */
const MANY = 400_000
const run = (char: string): string => char.repeat(MANY)
const MASTER = { name: 'root', groups: ['system:masters'] }

/** What is trimmed, parsed or compared, with a run of one character that does not end where it should. */
const runs: Readonly<Record<string, () => unknown>> = {
  'a path': () => {
    const cluster = new SimCluster({ nodes: 0 })
    return cluster.http.handle({ method: 'GET', path: `/a${run('/')}b`, user: MASTER, body: '' }).code
  },
  'a quantity of zeros': () => {
    expect(() => parseQuantity(`${run('0')}x`)).toThrow(QuantityError)
    return 404
  },
  'a quantity of digits': () => {
    expect(() => parseQuantity(`${run('1')}x`)).toThrow(QuantityError)
    return 404
  },
  'digits in an error': () => (shownQuantities(`${run('0')}1E`).length === MANY + 2 ? 404 : 0),
  'trim() of CEL': () => {
    const { program } = compile('text.trim()', new Map([['text', DYN]]))
    program?.measure({ text: `a${run(' ')}b` })
    return 404
  },
  'double() of CEL': () => {
    const { program } = compile('double(text)', new Map([['text', DYN]]))
    program?.measure({ text: `${run('1')}x` })
    return 404
  },
  'a URL of a role': () => {
    const cluster = new SimCluster({ nodes: 0 })
    const rules = [{ nonResourceURLs: [`/a${run('*')}b*`], verbs: ['get'] }]
    cluster.create('clusterroles', { metadata: { name: 'r' }, rules })
    cluster.kubectl('create clusterrolebinding r --clusterrole=r --user=guest')
    const user = { name: 'guest', groups: [] }
    expect(cluster.http.handle({ method: 'GET', path: '/metrics', user, body: '' }).code).toBe(403)
    return 404
  },
  'a mount path': () => {
    const cluster = new SimCluster({ nodes: 1 })
    const volumeMounts = [{ name: 'v', mountPath: `/a${run('/')}b` }]
    const containers = [{ name: 'c', image: 'busybox', command: ['sleep', 'infinity'], volumeMounts }]
    cluster.create('pods', { metadata: { name: 'a' }, spec: { containers, volumes: [{ name: 'v' }] } })
    cluster.settle()
    cluster.exec('a', 'ls /')
    return 404
  },
}

test.each(Object.entries(runs))('%s with a long run of one character takes linear time', (_, play) => {
  expect(play()).toBe(404)
})
