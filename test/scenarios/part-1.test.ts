import { test } from 'vitest'
import { playScenarios } from './property.js'

test('2,500 random scenarios hold every invariant', () => playScenarios(1, 2_500), 300_000)
