/** Scenarios in which the seed chooses the next step, and watch events arrive one by one. */
import { test } from 'vitest'
import { playScenarios, playWorkloads, RUNS, UNRULY } from './property.js'

test(
  `${RUNS} random scenarios hold every invariant in any order, event by event`,
  () => playScenarios(11, RUNS, UNRULY),
  300_000,
)

test(
  '40 random scenarios with all workloads converge in any order, event by event',
  () => playWorkloads(12, 40, UNRULY),
  300_000,
)
