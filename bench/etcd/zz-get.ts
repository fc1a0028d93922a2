import { shuffled } from './timing.js'
import { filled, podKeys, VALUE } from './workload.js'
const keys = podKeys(100_000)
const store = filled(keys)
const some = shuffled(keys).slice(0, 20_000)
const low = (n: number, f: () => void): string => { const t: number[] = []; for (let i = 0; i < n; i++) { const s = performance.now(); f(); t.push(performance.now() - s) } t.sort((a, b) => a - b); return `${(t[0]! / 20).toFixed(3)} (q1 ${(t[n >> 2]! / 20).toFixed(3)})` }
for (let i = 0; i < 3; i++) {
console.log('get', low(60, () => { for (const key of some) store.get(key) }), 'put', low(30, () => { for (const key of some) store.put({ key, value: VALUE }) }), 'get+cas', low(30, () => { for (const key of some) store.casPut(key, VALUE, store.get(key)!.modRevision) }))
}
