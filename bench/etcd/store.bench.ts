/**
 * `npx tsx bench/etcd/store.bench.ts [keys...]`, or `npm run bench etcd`: the store at 1k, 100k and 1M keys,
 * and the real etcd beside it where it is installed (up to 100k keys, over gRPC on loopback, without fsync).
 * Times are medians in microseconds for each operation.
 */
import { etcdInstalled, RealEtcd } from '../../test/etcd/real-etcd.js'
import { heapBytes, median, microseconds, microsecondsAwaited, shuffled } from './timing.js'
import { filled, ONE_NAMESPACE, ONE_NAMESPACE_END, podKeys, PODS, PODS_END, VALUE } from './workload.js'

type Row = Record<string, string | number>

const REAL_LIMIT = 100_000
const asked = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0)
const sizes = asked.length > 0 ? asked : [1_000, 100_000, 1_000_000]

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

/** How a store of this size behaves: operation to microseconds (or what the name says). */
function measure(size: number): Map<string, number> {
  const figures = new Map<string, number>()
  const before = heapBytes()
  const keys = podKeys(size)
  const store = filled(keys)
  figures.set('bytes a key (names counted, values shared)', (heapBytes() - before) / size)

  const insertions = Math.max(1, Math.floor(20_000 / size))
  const order = shuffled(keys)
  figures.set(
    'insert, random order',
    microseconds(
      size * insertions,
      () => {
        for (let i = 0; i < insertions; i++) filled(order)
      },
      size > REAL_LIMIT ? 1 : 5,
    ),
  )

  const some = order.slice(0, 20_000)
  figures.set(
    'get',
    microseconds(some.length, () => {
      for (const key of some) store.get(key)
    }),
  )
  figures.set(
    'put',
    microseconds(some.length, () => {
      for (const key of some) store.put({ key, value: VALUE })
    }),
  )
  figures.set(
    'get + casPut',
    microseconds(some.length, () => {
      for (const key of some) store.casPut(key, VALUE, store.get(key)!.modRevision)
    }),
  )
  figures.set(
    'txn compare-and-swap',
    microseconds(some.length, () => {
      for (const key of some) {
        store.txn({
          compare: [{ key, target: 'MOD', modRevision: store.get(key)!.modRevision }],
          success: [{ requestPut: { key, value: VALUE } }],
          failure: [{ requestRange: { key } }],
        })
      }
    }),
  )
  figures.set(
    'list a row',
    microseconds(size, () => void store.list(PODS, PODS_END)),
  )
  figures.set(
    'list one namespace (1%)',
    microseconds(20, () => {
      for (let i = 0; i < 20; i++) store.list(ONE_NAMESPACE, ONE_NAMESPACE_END)
    }),
  )
  figures.set(
    'count a prefix',
    microseconds(10_000, () => {
      for (let i = 0; i < 10_000; i++) store.count(ONE_NAMESPACE, ONE_NAMESPACE_END)
    }),
  )
  for (const [name, value] of measureCopies(size)) figures.set(name, value)
  return figures
}

function measureCopies(size: number): Map<string, number> {
  const keys = podKeys(size)
  const store = filled(keys)
  const fork = microseconds(1000, () => {
    for (let i = 0; i < 1000; i++) store.fork()
  })
  const snapshot = microseconds(1000, () => {
    for (let i = 0; i < 1000; i++) store.capture()
  })
  const first: number[] = []
  for (let i = 0; i < 2000; i++) {
    const other = store.fork()
    const key = keys[(i * 104_729) % size]!
    const start = performance.now()
    other.put({ key, value: VALUE })
    first.push((performance.now() - start) * 1000)
  }
  return new Map([
    ['fork', fork],
    ['snapshot', snapshot],
    ['first put after a fork', median(first)],
  ])
}

async function measureReal(size: number): Promise<Map<string, number>> {
  const etcd = await RealEtcd.start(['--quota-backend-bytes', '4000000000'])
  const keys = podKeys(size)
  const value = Buffer.from(JSON.stringify(VALUE))
  for (let i = 0; i < size; i += 100) {
    const success = keys.slice(i, i + 100).map((key) => ({ requestPut: { key: Buffer.from(key), value } }))
    await etcd.call('KV', 'Txn', { success })
  }
  const some = shuffled(keys)
    .slice(0, 500)
    .map((key) => Buffer.from(key))
  const figures = new Map<string, number>()
  const each = async (
    name: string,
    method: string,
    request: (key: Buffer) => Record<string, unknown>,
  ): Promise<void> => {
    figures.set(
      name,
      await microsecondsAwaited(some.length, async () => {
        for (const key of some) await etcd.call('KV', method, request(key))
      }),
    )
  }
  await each('get', 'Range', (key) => ({ key }))
  await each('put', 'Put', (key) => ({ key, value }))
  await each('txn compare-and-swap', 'Txn', (key) => ({
    compare: [{ key, target: 'MOD', result: 'GREATER', modRevision: 0 }],
    success: [{ requestPut: { key, value } }],
  }))
  const range = { key: Buffer.from(ONE_NAMESPACE), rangeEnd: Buffer.from(ONE_NAMESPACE_END) }
  await each('count a prefix', 'Range', () => ({ ...range, countOnly: true }))
  figures.set(
    'list one namespace (1%)',
    await microsecondsAwaited(20, async () => {
      for (let i = 0; i < 20; i++) await etcd.call('KV', 'Range', range)
    }),
  )
  await etcd.stop()
  return figures
}

for (const size of sizes) {
  const model = measure(size)
  const real = etcdInstalled() && size <= REAL_LIMIT ? await measureReal(size) : new Map<string, number>()
  const rows: Record<string, Row> = {}
  for (const [name, value] of model) {
    const other = real.get(name)
    rows[name] = {
      model: rounded(value),
      ...(other === undefined ? {} : { etcd: rounded(other), ratio: Math.round(other / value) }),
    }
  }
  console.log(`\n${size.toLocaleString('en')} keys (microseconds unless the name says otherwise)`)
  console.table(rows)
}
