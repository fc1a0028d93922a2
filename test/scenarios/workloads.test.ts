import { test } from 'vitest'
import { playWorkloads } from './property.js'

test(
  '40 random scenarios with all workloads hold every invariant and converge',
  () => playWorkloads(5, 40),
  300_000,
)
