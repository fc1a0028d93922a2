import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseManifests, SimCluster } from 'simcluster'
import { typed } from './typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-whatif-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const SHOP = 'examples/what-if/shop.yaml'
const snapshot = at('shop.snapshot')

function shop(): SimCluster {
  const cluster = new SimCluster({ nodes: 3, like: 'kind' })
  cluster.create('namespaces', { metadata: { name: 'shop' } })
  cluster.settle()
  cluster.kubectl('create deployment web -n shop --image=nginx --replicas=3')
  cluster.kubectl('expose deployment web -n shop --port=80')
  return cluster.settle()
}

beforeAll(() => writeFileSync(snapshot, shop().snapshot().toFile()))

describe('simcluster whatif', () => {
  test('prints before and after as a table, and what was lost', async () => {
    const { code, out, err } = await typed('whatif', SHOP, 'crash node-1', 'advance 10m', 'drain node-2')
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toMatch(/^nodes ready +3 +2$/m)
    expect(out).toMatch(/shop\/db-0 on node-1: StatefulSet shop\/db, not replaced/)
  })

  test('returns 0 where nothing is lost that does not return, and prints JSON', async () => {
    const { code, out } = await typed('whatif', snapshot, 'cordon node-1', '-o', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ isHarmless: true, actions: ['cordon node-1', 'advance 10m'] })
  })

  test('plays each node, and tells which ones do harm', async () => {
    const { code, out } = await typed('whatif', SHOP, '--each-node', '--jobs', '1')
    expect(code).toBe(1)
    expect(out).toMatch(/^node-1 .*shop\/db without endpoints for 10m0s, and still/m)
    expect(out).toContain('1 of 3 scenarios does harm')
  })

  test('shards give the same as one process, whatever their number and order', async () => {
    const words = ['whatif', snapshot, '--pairs', '--jobs', '1']
    const whole = await typed(...words, '-o', 'json')
    const files = await Promise.all(
      ['1/2', '0/2'].map(async (shard) => {
        const { code, out } = await typed(...words, '--shard', shard, '-o', 'jsonl')
        expect(code).toBe(0)
        writeFileSync(at(`${shard[0] ?? ''}.txt`), `a line of a log\n${out}`)
        return at(`${shard[0] ?? ''}.txt`)
      }),
    )
    const merged = await typed('whatif', 'merge', ...files, '-o', 'json')
    expect(merged).toEqual(whole)
    const part = await typed('whatif', 'merge', files[0] ?? '')
    expect(part.code).toBe(1)
    expect(part.err).toMatch(/of 3 scenarios are in no file/)
  })

  test('merge refuses the results of another cluster', async () => {
    const other = await typed('whatif', SHOP, '--pairs', '--jobs', '1', '-o', 'jsonl')
    const own = await typed('whatif', snapshot, '--pairs', '--jobs', '1', '-o', 'jsonl')
    writeFileSync(at('mixed.txt'), other.out + own.out)
    const { code, err } = await typed('whatif', 'merge', at('mixed.txt'))
    expect(code).toBe(2)
    expect(err).toContain('the results are of another cluster')
  })

  test('prints an Indexed Job whose pods have the snapshot', async () => {
    const { out } = await typed('whatif', snapshot, 'drain {}', '--each-node', '--emit-job', '--shards', '4')
    const [map = {}, job = {}] = parseManifests(out)
    expect(map).toMatchObject({
      kind: 'ConfigMap',
      binaryData: { 'shop.snapshot': expect.any(String) as string },
    })
    expect(job).toMatchObject({ kind: 'Job', spec: { completions: 4, completionMode: 'Indexed' } })
    expect(JSON.stringify(job)).toContain(
      '"args":["shop.snapshot","drain {}","--each-node","--shard=$(JOB_COMPLETION_INDEX)/4",',
    )
    const cluster = new SimCluster({ nodes: 1 }).settle()
    // a snapshot is more than the annotation of a client-side apply may be
    expect(out).toContain('# kubectl apply --server-side -f THIS')
    const applied = cluster.kubectl('apply --server-side -f -', { stdin: out })
    expect(applied.stderr).toBe('')
  })

  test('has a test case of JUnit for each scenario', async () => {
    const { out } = await typed('whatif', SHOP, '--each-zone', '--jobs', '1', '-o', 'junit')
    expect(out).toContain('tests="3" failures="1"')
  })

  test.for([
    [['whatif'], 'write a snapshot'],
    [['whatif', snapshot], "write what happens, such as 'crash node-1'"],
    [['whatif', snapshot, 'crsh node-1'], 'did you mean crash?'],
    [['whatif', at('nothing.snapshot'), 'crash node-1'], 'there is no file or folder'],
    [['whatif', 'package-lock.txt'], 'there is no file or folder'],
    [['whatif', 'LICENSE', 'crash node-1'], 'LICENSE: '],
    [['whatif', snapshot, '--each-node', '--each-zone'], 'choose one'],
    [['whatif', snapshot, 'crash node-1', '--jobs', '2'], '--jobs goes with --each-node'],
    [['whatif', snapshot, '--nodes', '4', 'crash node-1'], '--nodes is for manifests'],
    [['whatif', snapshot, '--each-node', '--shards', '4'], '--shards goes with --emit-job only'],
    [['whatif', '-', '--each-node', '--emit-job'], '--emit-job needs a file'],
  ] as const)('explains bad use: %j', async ([words, says]) => {
    const { code, err } = await typed(...words)
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(says) as string })
  })
})

describe('simcluster import', () => {
  test('reads kubectl get -A -o yaml, says what is missing, and writes for the owner only', async () => {
    const cluster = shop()
    cluster.kubectl('create secret generic key -n shop --from-literal=a=b')
    cluster.kubectl('set env deployment web -n shop --from=secret/key')
    cluster.settle()
    const resources = 'nodes,namespaces,deployments,replicasets,pods,services,endpointslices'
    writeFileSync(at('all.yaml'), cluster.kubectl(`get ${resources} -A -o yaml`).stdout)
    const { code, out, err } = await typed('import', at('all.yaml'), '-o', at('all.snapshot'))
    expect(code).toBe(0)
    expect(out).toContain(`v1.35, 3 nodes, `)
    expect(err).toContain('not given: secrets shop/key')
    expect(statSync(at('all.snapshot')).mode & 0o777).toBe(0o600)
    // with the stand-in, the pods of a dead node start elsewhere
    const { code: harm, out: text } = await typed('whatif', at('all.snapshot'), 'crash node-1')
    expect({ harm, text }).toMatchObject({ harm: 0 })
  })

  test('leaves out kinds that nobody defines, and says so', async () => {
    const nodes = new SimCluster({ nodes: 1 }).settle().kubectl('get nodes -o yaml').stdout
    const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w, namespace: default}\n'
    writeFileSync(at('widget.yaml'), `${nodes}---\n${widget}`)
    const { code, err } = await typed('import', at('widget.yaml'), '-o', at('w.snapshot'))
    expect(code).toBe(0)
    expect(err).toContain('left out: 1 of example.com/v1 Widget: v1.35 does not serve it')
  })

  test('reads a snapshot of etcd, as whatif does', async () => {
    writeFileSync(at('etcd.db'), shop().internals.etcd.snapshot())
    const { code, out } = await typed('import', at('etcd.db'), '-o', at('etcd.snapshot'))
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('3 nodes') as string })
    expect((await typed('whatif', at('etcd.db'), 'cordon node-1')).code).toBe(0)
  })

  test('names what is made up: namespaces that were not among the objects', async () => {
    writeFileSync(at('part.yaml'), shop().kubectl('get nodes,deploy,rs,pods -A -o yaml').stdout)
    const { code, err } = await typed('import', at('part.yaml'), '-o', at('part.snapshot'))
    expect(code).toBe(0)
    expect(err).toBe('not given: namespaces shop; one without labels stands in\n')
  })

  test.for([
    [['import'], '-o is missing'],
    [['import', '-o', at('no/where')], 'there is no folder'],
    [['import', SHOP, '-o', at('x')], 'there is no Node'],
    [['import', SHOP, '--secrets', '-o', at('x')], '--secrets is for a real cluster'],
    [['import', at('gone.yaml'), '-o', at('x')], 'there is no file or folder'],
  ] as const)('explains bad use: %j', async ([words, says]) => {
    const { code, err } = await typed(...words)
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(says) as string })
  })
})
