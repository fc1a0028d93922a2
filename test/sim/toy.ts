import { Simulation } from '../../src/sim/simulation.js'
import type { SimulationOptions } from '../../src/sim/simulation.js'
import type { KernelHost, Module } from '../../src/sim/modules/module.js'
import type { SimulationState } from '../../src/sim/state.js'

/** A module that keeps itself busy: its draws, wake-ups and timers exercise all that a state must hold. */
export function toyModule(name: string, neighbours: readonly string[], log: string[]): Module {
  return {
    name,
    setup(host: KernelHost): void {
      const counts = host.state<Map<string, number>>('counts', () => new Map())
      const random = host.random()
      const queue = host.workQueue('work', (key) => {
        const count = (counts.value.get(key) ?? 0) + 1
        counts.value.set(key, count)
        log.push(`${host.clock.now()} ${name} ${key} ${count}`)
        if (count >= 12) return queue.forget(key)
        const draw = random.int(0, 3)
        if (draw === 0) queue.add(random.pick(neighbours))
        else if (draw === 1) queue.addAfter(random.pick(neighbours), random.int(1, 50))
        else if (draw === 2) queue.addRateLimited(key)
        else tick.wakeAfter(key, random.int(1, 100), { class: 'watchdog', payload: { from: key } })
      })
      const tick = host.handle('tick', (key, payload) => {
        log.push(`${host.clock.now()} ${name} tick ${key} ${JSON.stringify(payload)}`)
        queue.add(key)
      })
    },
  }
}

const KEYS = ['a', 'b', 'c', 'd']

/** Three toy modules with the first keys queued. */
export function toySimulation(options: SimulationOptions, log: string[], from?: SimulationState): Simulation {
  const simulation = new Simulation(options, from)
  for (const name of ['m1', 'm2', 'm3']) simulation.add(toyModule(name, KEYS, log), simulation.host(name))
  if (!from) {
    for (const name of ['m1', 'm2', 'm3'])
      for (const key of KEYS) simulation.ready.add({ owner: name, topic: 'work', key })
  }
  return simulation
}
