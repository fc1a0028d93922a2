import { test } from 'vitest'
import { playScenarios, RUNS } from './property.js'

test(`${RUNS} random scenarios hold every invariant`, () => playScenarios(3, RUNS), 300_000)
