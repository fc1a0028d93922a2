import { test } from 'vitest'
import { playWorkloads } from './property.js'

test('60 random scenarios with StatefulSets and Jobs hold every invariant', () => playWorkloads(5, 60), 300_000)
