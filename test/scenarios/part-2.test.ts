import { test } from 'vitest'
import { playScenarios, RUNS } from './property.js'

test(`${RUNS} random scenarios hold every invariant`, () => playScenarios(2, RUNS), 300_000)
