import { test } from 'vitest'
import { playScenarios } from './property.js'

test('2,500 random scenarios hold every invariant', () => playScenarios(4, 2_500), 300_000)
